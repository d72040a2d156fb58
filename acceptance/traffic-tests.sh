#!/bin/bash
# Runs the traffic tests of octavia-tempest-plugin against a lab, whose servers they log in to by SSH.
# Not part of ./agrippa test: they take some ten minutes, most of which the suite waits.
#
#   acceptance/traffic-tests.sh NETNS STATE [TESTS]
#
# TESTS is a regular expression, by default the traffic tests of IPv4 and of IPv6.
# NETNS and STATE are the namespace and the state folder of a running ./agrippa lab --state DIR.
# Needs root and Debian's octavia-tempest-plugin, tempest, python3-stestr and python3.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,10p' "$0"; exit 2; }
home=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
netns=$1 state=$2 tests=${3:-octavia_tempest_plugin.tests.scenario.v2.test_(ipv6_)?traffic_ops}
packages=/usr/lib/python3/dist-packages
work=$(mktemp -d)
eval "$("$home/agrippa" env --state "$state")"
in_lab() { nsenter --net="/run/netns/$netns" "$@"; }

# The default image, with a Python for the suite's server and the commands that the suite types.
image() {
  local root=$work/root python version file
  mkdir "$root"
  in_lab openstack image save --file "$work/mini.tar" agrippa-mini
  tar -x -f "$work/mini.tar" -C "$root"
  python=$(readlink -f /usr/bin/python3) version=$(basename "$python")
  mkdir -p "$root/usr/lib/$version" "$root/usr/lib/ssl"
  cp "$python" "$root$python"
  ln -s "$version" "$root/usr/bin/python3"
  tar -c -C "/usr/lib/$version" --exclude=__pycache__ --exclude=test --exclude='config-*' . |
    tar -x -C "$root/usr/lib/$version"
  for file in "$python" "/usr/lib/$version"/lib-dynload/_{ssl,hashlib}*.so; do
    ldd "$file" | grep -o '/[^ ]*' || true
  done | sort -u | while read -r file; do
    mkdir -p "$root$(dirname "$file")"
    cp -L "$file" "$root$file"
  done
  : >"$root/usr/lib/ssl/openssl.cnf"
  cat >"$root/usr/bin/sudo" <<'SUDO'
#!/bin/sh
# Addresses are there already, and a container has no kernel of its own to set.
case $* in "ip address add "* | *overcommit_memory*) exit 0 ;; esac
exec "$@"
SUDO
  printf '#!/bin/sh\nshift 2\nsetsid "$@" </dev/null >/tmp/server.log 2>&1 &\n' >"$root/usr/bin/screen"
  chmod 755 "$root/usr/bin/sudo" "$root/usr/bin/screen"
  tar -c -f "$work/image.tar" -C "$root" .
  in_lab openstack image create --disk-format raw --container-format bare --public \
    --file "$work/image.tar" traffic-tests -f value -c id
}

image_id=$(image)
public=$(in_lab openstack network show public -f value -c id)
# The suite plugs IPv6 VIPs, whose prefix it cuts from the pool for everybody, into a router of this name.
in_lab openstack router show router1 >/dev/null 2>&1 ||
  in_lab openstack router create --external-gateway public router1 >/dev/null
mkdir "$work/locks"
cat >"$work/tempest.conf" <<CONF
[DEFAULT]
log_file = $work/tempest.log
[oslo_concurrency]
lock_path = $work/locks
[auth]
use_dynamic_credentials = true
create_isolated_networks = false
admin_username = $OS_USERNAME
admin_password = $OS_PASSWORD
admin_project_name = $OS_PROJECT_NAME
admin_domain_name = Default
[identity]
uri_v3 = $OS_AUTH_URL
auth_version = v3
region = $OS_REGION_NAME
v3_endpoint_type = public
[network]
project_networks_reachable = false
public_network_id = $public
[network-feature-enabled]
port_security = true
[compute]
image_ref = $image_id
flavor_ref = 1
[service_available]
nova = true
glance = true
neutron = true
cinder = false
swift = false
load_balancer = true
[validation]
run_validation = true
connect_method = floating
image_ssh_user = root
ssh_key_type = rsa
[load_balancer]
test_with_noop = false
test_with_ipv6 = true
enable_security_groups = true
test_server_path = $home/acceptance/src/test/resources/tempest/test_server.py
enabled_provider_drivers = octavia:Octavia
RBAC_test_type = advanced
check_interval = 0.1
build_interval = 0.1
lb_build_interval = 0.1
CONF
echo "traffic tests: files in $work" >&2
TEMPEST_CONFIG=$work/tempest.conf in_lab stestr --test-path "$packages/tempest/test_discover" \
  --top-dir "$packages" --group_regex '([^\.]*\.)*' --repo-url "$work" run --concurrency 1 "$tests"
