#!/bin/bash
# Images that must be signed: a real cosign, a real skopeo, a registry on the loopback.  Of a Debian that has them: trixie and newer.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../e2e/tap.sh"
. "$here/host.sh"
host_boot
host_install
host_guard_docker
in_host sentinel policy use permissive > /dev/null

registry=127.0.0.1:5000 app=127.0.0.1:5000/team/app
in_host sh -c "mkdir -p /etc/sentinel/keys /etc/sentinel-verify /etc/containers/registries.conf.d /var/lib/signatures /root/keys &&
	printf 'version: 0.1\nstorage: {filesystem: {rootdirectory: /root/registry}}\nhttp: {addr: \"$registry\"}\n' > /root/registry.yml &&
	printf '[[registry]]\nlocation = \"$registry\"\ninsecure = true\n' > /etc/containers/registries.conf.d/loopback.conf"
in_host systemd-run --quiet --collect --unit=registry docker-registry serve /root/registry.yml
registry_is_up() { in_host curl -sf "http://$registry/v2/" > /dev/null; }
wait_for 20 registry_is_up || bail_out "the registry does not answer"

# Two images; the first is signed.
host_image
digest_of() { in_host docker image inspect -f '{{range .RepoDigests}}{{println .}}{{end}}' "$1" | sed -n "s|^$app@||p" | head -1; }
in_host sh -c "docker tag busybox:1.36 $app:1 && docker push -q $app:1 && c=\$(docker create --network none $app:1 true) && docker commit -m other \$c $app:2 && docker rm \$c && docker push -q $app:2" > /dev/null ||
	bail_out "the images cannot be pushed"
first=$(digest_of "$app:1") second=$(digest_of "$app:2")
# cosign 3 writes bundles of another form unless it is told not to.
no_log=--tlog-upload=false
! in_host cosign trusted-root create --help 2>&1 | grep -q -- --no-default-rekor || no_log+=" --new-bundle-format=false --use-signing-config=false"
in_host env COSIGN_PASSWORD= sh -c "cd /root/keys && for k in a b; do cosign generate-key-pair --output-key-prefix \$k; done && cp a.pub /etc/sentinel/keys/ &&
	cosign sign --yes --key a.key $no_log $app@$first" > /dev/null 2>&1 || bail_out "cosign does not sign"
in_host sh -c "cd /var/lib/signatures && cosign download signature $app@$first > /root/s && jq -r .Payload /root/s | base64 -d > ${first#*:}.payload && jq -rj .Base64Signature /root/s > ${first#*:}.sig"

# What cosign sees there, before it does its work.
in_host sh -c 'cat > /usr/local/bin/cosign && chmod 755 /usr/local/bin/cosign' << 'EOS'
#!/bin/sh
[ "$1" != verify ] || {
	echo "user $(id -u)"
	echo "groups $(id -G)"
	grep -E '^(CapEff|CapAmb|NoNewPrivs):' /proc/self/status | tr -d '\t'
	echo "docker $(curl -s --max-time 2 --unix-socket /run/docker.sock http://d/_ping > /dev/null 2>&1 && echo yes || echo no)"
	echo "bus $(busctl --timeout=2 call org.freedesktop.DBus / org.freedesktop.DBus GetId > /dev/null 2>&1 && echo yes || echo no)"
	echo "guard $(ls /var/cache/sentinel /var/lib/sentinel /etc/sentinel /var/cache/sentinel-scan > /dev/null 2>&1 && echo yes || echo no)"
	echo "login $(cat "$DOCKER_CONFIG/config.json")"
	echo "arguments $*"
} > "$HOME/seen"
exec /usr/bin/cosign "$@"
EOS
seen() { in_host sed -n "s/^$1 *//p" /var/cache/private/sentinel-verify/seen; }
in_host sh -c 'umask 077 && echo "{\"auths\":{\"login.example.com\":{\"auth\":\"dTpodW50ZXIy\"}}}" > /etc/sentinel-verify/config.json'

policy() { # ENTRY [SETTINGS]
	in_host sh -c "cat > /etc/sentinel/policies/signed.yaml" << EOS
name: signed
mode: enforce
settings: {image_scanning: {cache_duration: ${2:-1h}}}
rules:
  images:
    require_signed: true
    signatures: [{registries: ["$registry/team"], $1}]
EOS
	in_host sentinel authz reload > /dev/null
	in_host sentinel policy use signed > /dev/null
}
by_key="keys: [/etc/sentinel/keys/a.pub]"
policy "$by_key"
run() { in_host docker run --rm --network none "$1" echo it runs 2>&1; }

is "$(run "$app:1")" "it runs" "a signed image runs, once its signature was checked meanwhile"
user=$(seen user)
is "$([ "${user:-0}" -ge 61184 ] && [ "$user" -le 65519 ] && echo dynamic)" dynamic "who checks is a user that is there only meanwhile"
is "$(seen groups)" "$user" "... and in no group of Docker's"
is "$(seen docker)$(seen bus)$(seen guard)" "nonono" "... reaches neither Docker nor the bus, and sees nothing of guard and scanners"
is "$(seen CapEff:)$(seen CapAmb:)$(seen NoNewPrivs:)" "000000000000000000000000000000001" "... has no capability"
contains "$(seen login)" "dTpodW50ZXIy" "... and alone has the login of registries"
contains "$(seen arguments)" "--private-infrastructure=true --output=json -- $app@$first" "it is told the digest"
fails_with 1 "the guard itself cannot read the login" as sentinel cat /etc/sentinel-verify/config.json
is "$(run "$app@$first")" "it runs" "it runs by its digest"
contains "$(run "$app:2")" "the registry has no signature of it" "another digest of the same repository is not signed"
contains "$(run "$app@$second")" "the registry has no signature of it" "... by its digest neither"
contains "$(run busybox:1.36)" "no entry of images.signatures is for it" "nor is the same image by a name that no entry has"
contains "$(in_host sentinel scan --signatures "$app:1")" "signed" "asked for by hand: signed"
fails_with 1 "... not signed" in_host sentinel scan --signatures "$app:2"
in_host docker tag "$app:2" "$app:1"
contains "$(run "$app:1")" "is not signed" "a tag that was moved here"
in_host docker tag "$app@$first" "$app:1"

in_host cp /root/keys/b.pub /etc/sentinel/keys/a.pub
runs_no_more() { [[ "$(run "$app:1")" == *"is not signed"* ]]; }
wait_for 20 runs_no_more
contains "$(in_host sentinel scan --signatures "$app:1" 2>&1)" "by what the policy believes" "another key, found by itself"
in_host rm /etc/sentinel/keys/a.pub
policy "$by_key"
contains "$(run "$app:1")" "a.pub cannot be read" "a key that is gone"
contains "$(in_host sentinel doctor 2>&1)" "images.signatures[0]: /etc/sentinel/keys/a.pub cannot be read" "... which doctor says"
in_host cp /root/keys/a.pub /etc/sentinel/keys/a.pub

policy "adapter: skopeo, $by_key"
is "$(run "$app:1")" "it runs" "by skopeo: it runs"
contains "$(run "$app:2")" "is not signed" "... the other does not"

# Certificates by an authority of the site's own: who signed it, and by whose word.
in_host sh -c 'cd /root/keys && for name in ca other; do openssl ecparam -name prime256v1 -genkey -noout -out $name.key &&
	openssl req -x509 -new -key $name.key -not_before 20260101000000Z -not_after 21000101000000Z -subj /CN=ca -out $name.pem; done; openssl req -new -key ca.key -subj / -out leaf.csr' 2> /dev/null
certificate() { # UNTIL: of the key b
	in_host sh -c "cd /root/keys && printf '%s\\n' '[e]' keyUsage=critical,digitalSignature extendedKeyUsage=codeSigning subjectAltName=critical,email:ann@example.com \
		1.3.6.1.4.1.57264.1.1=DER:$(printf https://issuer.example.com | od -An -tx1 | tr -d ' \n') > leaf.cnf &&
		openssl x509 -req -in leaf.csr -force_pubkey b.pub -CA ca.pem -CAkey ca.key -CAcreateserial -not_before 20260101000000Z -not_after $1 -extfile leaf.cnf -extensions e -out leaf.pem" 2> /dev/null ||
		bail_out "there is no certificate"
}
with_certificate() { # what cosign sign does not do with one that has expired
	in_host env COSIGN_PASSWORD= sh -c "cd /root/keys && /usr/bin/cosign generate $app@$second > payload && /usr/bin/cosign sign-blob --yes --key b.key $no_log payload > sig &&
		/usr/bin/cosign attach signature --payload payload --signature sig --certificate leaf.pem --certificate-chain ca.pem $app@$second" > /dev/null 2>&1
}
by_person() { echo "identity: $1@example.com, issuer: \"https://${2:-issuer}.example.com\", roots: /etc/sentinel/keys/${3:-ca}.pem"; }
in_host cp /root/keys/ca.pem /root/keys/other.pem /etc/sentinel/keys/
certificate 20260102000000Z
with_certificate
policy "$(by_person ann)"
contains "$(run "$app:2")" "by what the policy believes" "a certificate that has expired vouches for nothing"
certificate 21000101000000Z
with_certificate
in_host sentinel scan --signatures "$app:2" > /dev/null
is "$(run "$app:2")" "it runs" "one by an authority of the site's own does"
contains "$(seen arguments)" "--insecure-ignore-sct=true --private-infrastructure=true" "... without a log"
for other in bob "ann elsewhere" "ann issuer other"; do
	# shellcheck disable=SC2086 # words
	policy "$(by_person $other)"
	contains "$(run "$app:2")" "by what the policy believes" "... but not as $other"
done

policy "$by_key"
is "$(run "$app:1")" "it runs" "by cosign again"
in_host systemctl stop registry
is "$(run "$app:1")" "it runs" "what was checked counts while the registry is gone"
policy "$by_key" 1s
sleep 1.1 # it must get too old
contains "$(run "$app:1")" "the registry cannot be reached" "... until it is too old"
policy "$by_key, bundles: /var/lib/signatures"
in_host sentinel scan --signatures "$app:1" > /dev/null
is "$(run "$app:1")" "it runs" "with its signature beside the policy no registry is needed"

in_host rm /usr/local/bin/cosign /usr/bin/cosign
in_host cp /root/keys/b.pub /etc/sentinel/keys/a.pub # what is known is not enough
policy "$by_key"
contains "$(run "$app:1")" "cosign is not installed" "without cosign nothing is signed"
contains "$(in_host sentinel doctor 2>&1)" "cosign is not installed" "... which doctor says"
is "$(in_host sh -c 'grep -rc dTpodW50ZXIy /var/lib/sentinel /var/cache/sentinel | grep -v :0; journalctl -b | grep -c dTpodW50ZXIy')" 0 "the login is nowhere else"
done_testing
