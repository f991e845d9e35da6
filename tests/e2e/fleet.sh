# shellcheck shell=bash
# Two machines for scripts of docs/FLEET.md: this one, and `collector`, a network namespace; files of the document, certificates.
doc=$here/../../docs/FLEET.md
state=$SENTINEL_HOST/state
pids=()
leave() {
	for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null; done
	wait
	host_leave
}
trap leave EXIT

# What is below /etc and /var here is nobody else's.
mkdir -p "$state"
chmod 755 "$SENTINEL_HOST" # PostgreSQL is not root's
mount -t tmpfs tmpfs "$state" || bail_out "no tmpfs"
for top in etc var; do
	mkdir -p "$state/$top-upper" "$state/$top-work"
	mount -t overlay overlay -o "lowerdir=/$top,upperdir=$state/$top-upper,workdir=$state/$top-work" "/$top" || bail_out "no overlay over /$top"
done
rm -rf /etc/ssl/sentinel /var/lib/sentinel /var/log/sentinel
mkdir -p /etc/ssl/sentinel /var/lib/sentinel/audit /var/log/sentinel "$state"/{machine,collector}
printf '127.0.0.1 localhost\n10.77.0.1 machine1.example.com\n10.77.0.2 collector.example.com\n' > /etc/hosts
ip netns add collector || bail_out "no second network"
ip link add fleet0 type veth peer name fleet1 netns collector || bail_out "nothing between the two"
ip addr add 10.77.0.1/24 dev fleet0 && ip link set fleet0 up
ip -n collector addr add 10.77.0.2/24 dev fleet1
ip -n collector link set fleet1 up
ip -n collector link set lo up
on_collector() { ip netns exec collector "$@"; }

# written WHERE FILE: the block of the document with this first line
written() {
	awk -v head="$1 $2" '/^```/ { inside = !inside && index($0, head) == length($0) - length(head) + 1; next } inside' "$doc"
}
# Certificates: for the machine, for the collector, and one that another authority made.
authority() { # NAME
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -keyout "$state/$1.key" -out "$state/$1.pem" 2> /dev/null
}
certificate() { # NAME AUTHORITY FILE
	openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$state/$3.key" -out "$state/$3.csr" 2> /dev/null
	openssl x509 -req -in "$state/$3.csr" -CA "$state/$2.pem" -CAkey "$state/$2.key" -CAcreateserial -days 2 -extfile <(echo "subjectAltName=DNS:$1") -out "$state/$3.pem" 2> /dev/null
}
authority ours
authority theirs
certificate machine1.example.com ours machine-own
certificate collector.example.com ours collector-own
certificate machine1.example.com theirs stranger-own
cp "$state/ours.pem" /etc/ssl/sentinel/ca.pem
