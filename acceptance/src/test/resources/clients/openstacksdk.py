"""What a program that uses openstacksdk does with load balancers, from nothing to nothing.

Logs in by the environment (OS_...) and takes the port of the first listener as its argument. Leaves
with an exit code other than 0, and says where, as soon as anything is not as it should be.
"""

import sys
import time

import openstack
from openstack import exceptions

PORT = int(sys.argv[1])

conn = openstack.connect()
lb = conn.load_balancer
net = conn.network


def equal(actual, wanted):
    if actual != wanted:
        raise AssertionError("expected %r but got %r" % (wanted, actual))


def ids(resources):
    return [one.id for one in resources]


def names(resources):
    return sorted(one.name for one in resources)


def ready(balancer):
    return lb.wait_for_load_balancer(balancer.id, interval=0.1, wait=60)


def gone(find, what):
    """Deleted things are not found, and to look for them again is an error if one insists."""
    equal(find(what, ignore_missing=True), None)
    try:
        find(what, ignore_missing=False)
    except exceptions.ResourceNotFound:
        return
    raise AssertionError("%s is still there" % what)


def deleted(balancer):
    deadline = time.monotonic() + 60
    while lb.find_load_balancer(balancer.id):
        if time.monotonic() > deadline:
            raise AssertionError("%s is still there" % balancer.id)
        time.sleep(0.1)
    gone(lb.find_load_balancer, balancer.id)


def network():
    made = net.create_network(name="sdk-net")
    subnet = net.create_subnet(
        name="sdk-subnet", network_id=made.id, ip_version=4, cidr="10.56.0.0/24"
    )
    equal(net.find_subnet("sdk-subnet").id, subnet.id)
    equal(net.find_network("sdk-net").id, made.id)
    return made, subnet


def load_balancer(subnet):
    made = lb.create_load_balancer(
        name="sdk", vip_subnet_id=subnet.id, tags=["cluster", "blue"], provider="amphora"
    )
    equal(made.provisioning_status, "PENDING_CREATE")
    made = ready(made)
    equal(made.operating_status, "ONLINE")
    equal(made.is_admin_state_up, True)
    equal(made.tags, ["cluster", "blue"])
    equal(made.provider, "amphora")
    equal(lb.find_load_balancer("sdk").id, made.id)
    equal(lb.find_load_balancer(made.id).id, made.id)
    equal(lb.find_load_balancer("no such thing"), None)
    equal(net.get_port(made.vip_port_id).fixed_ips[0]["ip_address"], made.vip_address)
    lb.update_load_balancer(made, description="new", is_admin_state_up=True)
    equal(ready(made).description, "new")
    equal(ids(lb.load_balancers(name="sdk", is_admin_state_up=True)), [made.id])
    equal(ids(lb.load_balancers(is_admin_state_up=False)), [])
    return made


def tags(balancer):
    equal(ids(lb.load_balancers(tags=["cluster", "blue"])), [balancer.id])
    equal(ids(lb.load_balancers(tags="cluster,green")), [])
    equal(ids(lb.load_balancers(any_tags="green,blue")), [balancer.id])
    equal(ids(lb.load_balancers(not_tags="blue")), [])
    lb.update_load_balancer(balancer, tags=["cluster", "green"])
    equal(ready(balancer).tags, ["cluster", "green"])


def listener(balancer):
    made = lb.create_listener(
        name="web",
        load_balancer_id=balancer.id,
        protocol="HTTP",
        protocol_port=PORT,
        connection_limit=100,
        insert_headers={"X-Forwarded-For": "true"},
        allowed_cidrs=["10.0.0.0/8", "127.0.0.0/8"],
    )
    equal(made.load_balancers, [{"id": balancer.id}])
    ready(balancer)
    lb.update_listener(made, connection_limit=200, timeout_client_data=40000)
    ready(balancer)
    shown = lb.find_listener("web")
    equal(shown.id, made.id)
    equal(shown.connection_limit, 200)
    equal(shown.timeout_client_data, 40000)
    equal(shown.timeout_member_data, 50000)
    equal(shown.insert_headers, {"X-Forwarded-For": "true"})
    equal(shown.allowed_cidrs, ["10.0.0.0/8", "127.0.0.0/8"])
    equal(ids(lb.listeners(load_balancer_id=balancer.id, protocol="HTTP")), [made.id])
    return made


def pool(balancer, web):
    made = lb.create_pool(
        name="pool",
        listener_id=web.id,
        protocol="HTTP",
        lb_algorithm="ROUND_ROBIN",
        session_persistence={"type": "HTTP_COOKIE"},
    )
    equal(made.listeners, [{"id": web.id}])
    equal(made.loadbalancers, [{"id": balancer.id}])
    ready(balancer)
    lb.update_pool(made, lb_algorithm="LEAST_CONNECTIONS", session_persistence=None)
    ready(balancer)
    shown = lb.find_pool("pool")
    equal(shown.lb_algorithm, "LEAST_CONNECTIONS")
    equal(shown.session_persistence, None)
    equal(lb.get_listener(web.id).default_pool_id, made.id)
    equal(names(lb.pools(loadbalancer_id=balancer.id)), ["pool"])
    return made


def members(balancer, web_pool, subnet):
    for number in (1, 2):
        lb.create_member(
            web_pool,
            name="member-%d" % number,
            address="10.56.0.%d" % (200 + number),
            protocol_port=8080,
            subnet_id=subnet.id,
            weight=number,
        )
        ready(balancer)
    equal(names(lb.members(web_pool)), ["member-1", "member-2"])
    one = lb.find_member("member-1", web_pool)
    lb.update_member(one, web_pool, weight=7, backup=True)
    ready(balancer)
    one = lb.get_member(one, web_pool)
    equal((one.weight, one.backup, one.protocol_port), (7, True, 8080))
    equal(names(lb.members(web_pool, weight=2)), ["member-2"])
    lb.delete_member(one, web_pool)
    ready(balancer)
    equal(lb.find_member("member-1", web_pool), None)


def health_monitor(balancer, web_pool):
    made = lb.create_health_monitor(
        name="monitor",
        pool_id=web_pool.id,
        type="HTTP",
        delay=60,
        timeout=5,
        max_retries=3,
        url_path="/ready",
        expected_codes="200-204",
    )
    equal(made.pools, [{"id": web_pool.id}])
    ready(balancer)
    lb.update_health_monitor(made, delay=90, max_retries_down=2)
    ready(balancer)
    shown = lb.find_health_monitor("monitor")
    equal((shown.delay, shown.max_retries_down, shown.url_path), (90, 2, "/ready"))
    equal(lb.get_pool(web_pool.id).health_monitor_id, made.id)
    return made


def routing(balancer, web):
    policy = lb.create_l7_policy(name="deny", listener_id=web.id, action="REJECT")
    ready(balancer)
    rule = lb.create_l7_rule(policy, type="PATH", compare_type="STARTS_WITH", value="/secret")
    ready(balancer)
    lb.update_l7_rule(rule, policy, rule_value="/private")
    ready(balancer)
    equal(lb.get_l7_rule(rule, policy).rule_value, "/private")
    equal(ids(lb.l7_rules(policy)), [rule.id])
    lb.update_l7_policy(policy, description="new")
    ready(balancer)
    equal(lb.find_l7_policy("deny").description, "new")
    equal(ids(lb.l7_policies(listener_id=web.id)), [policy.id])
    lb.delete_l7_rule(rule, policy)
    ready(balancer)
    lb.delete_l7_policy(policy)
    ready(balancer)
    equal(list(lb.l7_policies()), [])


def statistics(balancer, web):
    for stats in (
        lb.get_load_balancer_statistics(balancer.id),
        lb.get_listener_statistics(web.id),
    ):
        equal(stats.total_connections, 0)
        equal(stats.bytes_in, 0)
        equal(stats.request_errors, 0)


def pages(balancer):
    """The SDK follows the links of the pages."""
    for number in range(3):
        lb.create_pool(
            name="page-%d" % number,
            loadbalancer_id=balancer.id,
            protocol="TCP",
            lb_algorithm="SOURCE_IP",
        )
        ready(balancer)
    found = list(lb.pools(protocol="TCP", limit=1))
    equal(names(found), ["page-0", "page-1", "page-2"])
    for page in found:
        lb.delete_pool(page)
        ready(balancer)


def amphorae(balancer):
    one = next(lb.amphorae(loadbalancer_id=balancer.id))
    equal(one.status, "ALLOCATED")
    equal(lb.get_amphora(one.id).loadbalancer_id, balancer.id)
    lb.configure_amphora(one.id)
    lb.failover_amphora(one.id)
    ready(balancer)
    lb.failover_load_balancer(balancer.id)
    ready(balancer)
    after = next(lb.amphorae(loadbalancer_id=balancer.id))
    if after.id == one.id:
        raise AssertionError("the failover replaced nothing")


def quotas():
    project = conn.current_project_id
    equal(lb.get_quota(project).load_balancers, -1)
    lb.update_quota(project, load_balancers=9, pools=20)
    equal(lb.get_quota(project).load_balancers, 9)
    equal(lb.get_quota(project).pools, 20)
    equal([quota.load_balancers for quota in lb.quotas()], [9])
    lb.delete_quota(project)
    equal(lb.get_quota(project).load_balancers, -1)
    equal(lb.get_quota_default().load_balancers, -1)


def flavors(subnet):
    profile = lb.create_flavor_profile(
        name="profile",
        provider_name="amphora",
        flavor_data='{"loadbalancer_topology": "SINGLE"}',
    )
    equal(lb.find_flavor_profile("profile").flavor_data, '{"loadbalancer_topology": "SINGLE"}')
    flavor = lb.create_flavor(name="small", flavor_profile_id=profile.id, is_enabled=True)
    lb.update_flavor(flavor, description="new")
    equal(lb.find_flavor("small").description, "new")
    made = lb.create_load_balancer(name="small", vip_subnet_id=subnet.id, flavor_id=flavor.id)
    equal(ready(made).flavor_id, flavor.id)
    lb.delete_load_balancer(made)
    deleted(made)
    lb.delete_flavor(flavor)
    lb.delete_flavor_profile(profile)
    gone(lb.find_flavor, "small")


def availability_zones():
    profile = lb.create_availability_zone_profile(
        name="profile", provider_name="amphora", availability_zone_data='{"compute_zone": "here"}'
    )
    lb.create_availability_zone(
        name="here", availability_zone_profile_id=profile.id, is_enabled=True
    )
    equal(names(lb.availability_zones()), ["here"])
    lb.update_availability_zone("here", description="new")
    equal(lb.get_availability_zone("here").description, "new")
    lb.delete_availability_zone("here")
    lb.delete_availability_zone_profile(profile)


def providers():
    found = names(lb.providers())
    for name in ("amphora", "octavia"):
        if name not in found:
            raise AssertionError("%s is not in %s" % (name, found))
    capabilities = names(lb.provider_flavor_capabilities("amphora"))
    if "loadbalancer_topology" not in capabilities:
        raise AssertionError(capabilities)


def floating_ip(balancer):
    public = next(net.networks(is_router_external=True))
    made = net.create_ip(floating_network_id=public.id, port_id=balancer.vip_port_id)
    equal(made.fixed_ip_address, balancer.vip_address)
    equal(ids(net.ips(port_id=balancer.vip_port_id)), [made.id])
    net.update_ip(made, port_id=None)
    equal(ids(net.ips(port_id=balancer.vip_port_id)), [])
    net.delete_ip(made)


def errors(balancer):
    for wrong, call in (
        (exceptions.NotFoundException, lambda: lb.get_pool("00000000-0000-0000-0000-000000000000")),
        (
            exceptions.BadRequestException,
            lambda: lb.create_listener(
                load_balancer_id=balancer.id, protocol="HTTP", protocol_port=0
            ),
        ),
        (
            exceptions.ConflictException,
            lambda: lb.create_listener(
                load_balancer_id=balancer.id, protocol="HTTP", protocol_port=PORT
            ),
        ),
    ):
        try:
            call()
        except wrong as error:
            if "Unknown" in str(error):
                raise AssertionError("the reason got lost: %s" % error)
        else:
            raise AssertionError("no %s" % wrong.__name__)


def main():
    made, subnet = network()
    balancer = load_balancer(subnet)
    tags(balancer)
    web = listener(balancer)
    web_pool = pool(balancer, web)
    members(balancer, web_pool, subnet)
    monitor = health_monitor(balancer, web_pool)
    routing(balancer, web)
    statistics(balancer, web)
    pages(balancer)
    errors(balancer)
    floating_ip(balancer)
    amphorae(balancer)
    quotas()
    flavors(subnet)
    availability_zones()
    providers()
    lb.delete_health_monitor(monitor)
    ready(balancer)
    gone(lb.find_health_monitor, monitor.id)
    lb.delete_load_balancer(balancer, cascade=True)
    deleted(balancer)
    gone(lb.find_listener, "web")
    gone(lb.find_pool, "pool")
    net.delete_subnet(subnet)
    net.delete_network(made)


main()
print("openstacksdk %s is satisfied" % openstack.version.__version__)
