/* SPDX-License-Identifier: MIT
 *
 * rules.images.signatures: whose signatures count.
 */
#include <string.h>
#include "base/limits.h"
#include "policy/schema/schema.h"

static const char *const adapter_words[] = { "cosign", "skopeo" };
static const Choice adapter_choice = { adapter_words, G_N_ELEMENTS(adapter_words) };

static void init_row(void *element)
{
	((SignatureRow *)element)->trust = (SignatureTrust){
		.adapter = adapter_words[0], .identity = "", .issuer = "", .roots = "", .containers_policy = "", .bundles = "", .problem = "its keys were not read", .revision = "",
	};
}

static void check_path_of(Loader *loader, const YamlNode *node, const KeyPath *path, const char *text)
{
	if (*text && *text != '/')
		field_error(loader, node, path, "%s must begin with /", text);
}

static void check_row(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	const SignatureTrust *row = &((const SignatureRow *)element)->trust;
	const bool by_cosign = !strcmp(row->adapter, "cosign"), has_identity = *row->identity || *row->issuer;

	if (!((const SignatureRow *)element)->registries.written.count)
		field_error(loader, node, path, "the key registries is missing: which images it is for");
	if ((row->keys.count > 0) + (*row->containers_policy != 0) + has_identity != 1)
		field_error(loader, node, path, "expected one of keys, identity with issuer, and containers_policy");
	if (!*row->identity != !*row->issuer)
		field_error(loader, node, path, "identity and issuer say it together: a certificate of another issuer may name anybody");
	if (*row->roots && !has_identity)
		field_error(loader, node, path, "roots say who may issue a certificate: they need identity and issuer");
	if (!by_cosign && (has_identity || *row->bundles))
		field_error(loader, node, path, "identity, issuer and bundles are for the adapter cosign");
	if (by_cosign && *row->containers_policy)
		field_error(loader, node, path, "containers_policy is for the adapter skopeo");
	if (has_identity && *row->bundles)
		field_error(loader, node, path, "bundles are checked with keys");
	if (row->keys.count > LIMIT_SIGNATURE_KEYS)
		field_error(loader, node, path, "at most %u keys", LIMIT_SIGNATURE_KEYS);
	for (size_t i = 0; i < row->keys.count; i++)
		check_path_of(loader, node, path, row->keys.items[i]);
	check_path_of(loader, node, path, row->containers_policy);
	check_path_of(loader, node, path, row->bundles);
	check_path_of(loader, node, path, row->roots);
}

static const Field signature_fields[] = {
	FIELD("registries", SignatureRow, registries, read_registries, STRICTER_SAME),
	DETAIL("adapter", SignatureRow, trust.adapter, read_choice, &adapter_choice, STRICTER_SAME),
	FIELD("keys", SignatureRow, trust.keys, field_words, STRICTER_SAME),
	FIELD("identity", SignatureRow, trust.identity, field_text, STRICTER_SAME),
	FIELD("issuer", SignatureRow, trust.issuer, field_text, STRICTER_SAME),
	FIELD("roots", SignatureRow, trust.roots, field_text, STRICTER_SAME),
	FIELD("containers_policy", SignatureRow, trust.containers_policy, field_text, STRICTER_SAME),
	FIELD("bundles", SignatureRow, trust.bundles, field_text, STRICTER_SAME),
};
const Section signature_section = { signature_fields, G_N_ELEMENTS(signature_fields), sizeof(SignatureRow), init_row, check_row,
	"registries keys^identity^containers_policy identity>issuer issuer>identity roots>identity" };
