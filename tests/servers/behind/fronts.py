"""The servers in front of a backend, each as it comes but for what it needs to keep connections."""

from support.machine import program
from support.private_httpd import PrivateHttpd
from support.private_server import haproxy, nginx

PROXY = """
ProxyPass "/" "http://127.0.0.1:@BACKEND@/" @OPTIONS@
ProxyTimeout 10
"""
BALANCER = """
<Proxy "balancer://pool">
    BalancerMember "http://127.0.0.1:@BACKEND@"
</Proxy>
ProxyPass "/" "balancer://pool/" failonstatus=503
ProxyTimeout 10
"""
# One process, so that a connection which was kept is there for the next request.
ONE_PROCESS = """
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MaxRequestWorkers 16
"""
BALANCING = ["proxy_balancer", "lbmethod_byrequests", "slotmem_shm"]
# What an administrator may have around ProxyPass: configuration and modules.
VARIANTS = {
    "plain": (PROXY.replace("@OPTIONS@", ""), []),
    "balancer": (BALANCER, BALANCING),
    "ping": (PROXY.replace("@OPTIONS@", "ping=5"), []),
    "override": (PROXY.replace("@OPTIONS@", "") + "ProxyErrorOverride On\n", []),
}

HAPROXY = """
global
    user @USER@
    maxconn 100

defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s

frontend web
    bind 127.0.0.1:@PORT@
    default_backend behind

backend behind
    server one 127.0.0.1:@BACKEND@
"""

NGINX = """
upstream behind {
    server 127.0.0.1:@BACKEND@;
    keepalive 4;
}
server {
    listen 127.0.0.1:@PORT@;
    client_max_body_size 0;
    location / {
        proxy_pass http://behind;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_request_buffering off;
    }
}
"""


def httpd(policy, alone=False):
    def start(place, port, variant):
        config, modules = VARIANTS[variant]
        more = {"expect": None} if alone else {}
        return PrivateHttpd(
            place, modules=["proxy", "proxy_http", *modules], config=policy + ONE_PROCESS + config, mpm="event", BACKEND=port,
            **more,
        )

    return start


def other(start_server, configuration):
    return lambda place, port, variant: start_server(place, configuration, BACKEND=port) if variant == "plain" else None


# Whatever starts answers None where it has no such variant.
FRONTS = {
    "httpd with mod_expect": httpd("ExpectPolicy On\n"),
    "httpd alone": httpd("", alone=True),
    "HAProxy": other(haproxy, HAPROXY),
    "nginx": other(nginx, NGINX),
}
MISSING = {name: None if program(name.lower()) else f"{name} is not installed" for name in ("HAProxy", "nginx")}
