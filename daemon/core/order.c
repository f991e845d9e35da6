/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/error.h"
#include "core/config.h"
#include "core/order.h"
#include "policy/review/laxer.h"
#include "policy/store.h"
#include "policy/template-store.h"

void before_clear(Before *before)
{
	g_free(before->policy);
	g_free(before->config);
	*before = (Before){ 0 };
}

bool order_has_text(WriteKind kind)
{
	return kind == WRITE_POLICY || kind == WRITE_ADOPT || kind == WRITE_ADOPT_LAXER;
}

static bool puts_in_force(WriteKind kind)
{
	return kind == WRITE_USE || kind == WRITE_ADOPT || kind == WRITE_ADOPT_LAXER;
}

/* The policy that an order is about; NULL: none, or it does not load. */
static Policy *load(const Paths *paths, const Order *order, GPtrArray *diagnostics)
{
	if (order->kind == WRITE_USE)
		return store_load(paths->policies_dir, order->name, diagnostics);
	return order_has_text(order->kind) ? policy_parse(order->name, order->text, strlen(order->text), diagnostics) : NULL;
}

/* Why it may not go; NULL: nobody has it. */
static const char *used_how(const Paths *paths, const char *name)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Config) config = config_load(paths->config_file, diagnostics);

	if (!config)
		return "may be in force: config.yaml does not load; repair it first";
	if (!strcmp(config->active_policy, name) || socket_set_user(config->sockets, name))
		return "is the policy in force or of a socket (config.yaml), or will be; put another there first";
	return NULL;
}

bool order_check(const Paths *paths, const Order *order, GError **error)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();

	if (order->kind != WRITE_CONFIG && !store_check_name(order->name, error))
		return false;
	g_autoptr(Policy) policy = load(paths, order, diagnostics);
	g_autofree char *problem = diagnostics_first_error(diagnostics);
	const char *used = order->kind == WRITE_DELETE ? used_how(paths, order->name) : NULL;
	if (!policy && problem)
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "%s", problem);
	else if (order_has_text(order->kind) && strcmp(policy_name(policy), order->name) != 0)
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "the policy calls itself %s: write name: %s",
			policy_name(policy), order->name);
	else if (used)
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "%s %s", order->name, used);
	else
		return true;
	return false;
}

char *order_laxer(const Paths *paths, const Order *order, bool matters, const char **ret_mode)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) after = store_name_valid(order->name) ? load(paths, order, diagnostics) : NULL;
	g_autoptr(Config) config = config_load(paths->config_file, diagnostics);
	const char *active = config && config->names_policy && store_name_valid(config->active_policy) ? config->active_policy : NULL;
	g_autoptr(Policy) before = active ? store_load(paths->policies_dir, active, diagnostics) : NULL;

	if (ret_mode)
		*ret_mode = after ? mode_name(policy_mode(after)) : NULL;
	if (!after)
		return NULL;
	bool counts = puts_in_force(order->kind) || matters || !active || !strcmp(active, order->name);
	char *why = counts ? policy_laxer_why(before, after) : NULL;
	if (why || !order_has_text(order->kind) || !config || !socket_set_user(config->sockets, order->name))
		return why;
	g_autoptr(Policy) sockets = store_load(paths->policies_dir, order->name, diagnostics);
	return policy_laxer_why(sockets, after);
}

static bool put_policy(const Paths *paths, const Order *order, Before *before, GError **error)
{
	before->policy = store_read(paths->policies_dir, order->name, NULL);
	return store_write(paths->policies_dir, order->name, order->text, error);
}

static bool put_back(const Paths *paths, const Order *order, const Before *before, GError **error)
{
	return before->policy ? store_write(paths->policies_dir, order->name, before->policy, error)
			      : store_delete(paths->policies_dir, order->name, error);
}

static bool choose(const Paths *paths, const Order *order, const char *otherwise, Before *before, GError **error)
{
	(void)g_file_get_contents(paths->config_file, &before->config, NULL, NULL);
	return config_set_active_policy(paths->config_file, otherwise, order->name, error);
}

bool order_apply(const Paths *paths, const Order *order, const char *otherwise, Before *ret_before, GError **error)
{
	*ret_before = (Before){ 0 };
	switch (order->kind) {
	case WRITE_USE:
		return choose(paths, order, otherwise, ret_before, error);
	case WRITE_POLICY:
		return put_policy(paths, order, ret_before, error);
	case WRITE_ADOPT:
	case WRITE_ADOPT_LAXER:
		if (!put_policy(paths, order, ret_before, error))
			return false;
		if (choose(paths, order, otherwise, ret_before, error))
			return true;
		(void)put_back(paths, order, ret_before, NULL);
		return false;
	case WRITE_DELETE:
		ret_before->policy = store_read(paths->policies_dir, order->name, NULL);
		return store_delete(paths->policies_dir, order->name, error);
	case WRITE_TEMPLATE:
		return template_store_put(paths->policies_dir, order->name, error);
	case WRITE_CONFIG:
		return config_install(paths->config_file, error);
	case WRITE_KIND_COUNT:
		break;
	}
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "there is no such change");
	return false;
}

bool order_undo(const Paths *paths, const Order *order, const Before *before, GError **error)
{
	bool done = !puts_in_force(order->kind) || config_put(paths->config_file, before->config, error);

	if (order_has_text(order->kind) && !put_back(paths, order, before, done ? error : NULL))
		done = false;
	return done;
}
