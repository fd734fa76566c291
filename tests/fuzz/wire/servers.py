"""The two servers that are compared: httpd as it comes, and httpd with mod_expect, with the same hosts on as many ports.

Environment (the Makefile sets it): HTTPD, HTTPD_MODULES, EXPECT_MODULE, WIRE_DIR."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from streams import HOST

WORK = Path(os.environ.get("WIRE_DIR", "build/fuzz/wire")).resolve()
MODULES = Path(os.environ.get("HTTPD_MODULES", "/usr/lib/apache2/modules"))
RULES = "ExpectRule meet good\nExpectRule ignore other\nExpectRule reject no status=403\n"

# Each is a port. Off: a host whose policy is off, in front of one of the same address whose policy is on.
HOSTS = {
    "off": "",
    "detection": f"ExpectPolicy DetectionOnly\n{RULES}",
    "unsafe": "HttpProtocolOptions Unsafe",
    "on": f"ExpectPolicy On\n{RULES}",
    "ignore": f"ExpectPolicy On\nExpectRule ignore 100-continue\nExpectRule ignore @malformed\n{RULES}",
    "continue": f"ExpectPolicy On\nExpectRule continue 100-continue\nExpectRule meet *\n{RULES}",
    "sections": f"ExpectPolicy On\n{RULES}<Location /kept>\nExpectRule reject 100-continue status=413\nExpectRule meet foo\n</Location>\n",
}
AS_STOCK = ("off", "detection", "unsafe")
IN_FORCE = ("on", "ignore", "continue", "sections")

FRAME = """
ServerRoot "{root}"
PidFile "{root}/httpd.pid"
DefaultRuntimeDir "{root}"
ErrorLog "{root}/error.log"
LogLevel notice
Timeout 20
KeepAliveTimeout 20
MaxKeepAliveRequests 0
ServerName {host}:80
UseCanonicalName On
ServerSignature Off
TraceEnable extended
{user}
{modules}
DocumentRoot "{root}/documents"
<Directory "{root}/documents">
    Require all granted
</Directory>
<LocationMatch "/echo$">
    SetHandler lua-script
</LocationMatch>
<IfModule lua_module>
    AliasMatch "/echo$" "{root}/documents/echo.lua"
</IfModule>
<IfModule headers_module>
    Header always set X-Expect "expr=%{{req:Expect}}%{{req:Exqect}}"
</IfModule>
StartServers 1
<IfModule !mpm_prefork_module>
    ServerLimit 1
    ThreadsPerChild 64
    MaxRequestWorkers 64
    MinSpareThreads 1
    MaxSpareThreads 64
    AsyncRequestWorkerFactor 4
</IfModule>
{hosts}
"""

HOST_FRAME = """
Listen 127.0.0.1:{port}
<VirtualHost 127.0.0.1:{port}>
    ServerName {host}:80
    {policy}
</VirtualHost>
<VirtualHost 127.0.0.1:{port}>
    ServerName on.test:80
    {beside}
</VirtualHost>
"""

# Answers what a handler sees: the fields, sorted, and the content.
ECHO = """
function handle(r)
    local lines = {}
    for name, value in pairs(r:headers_in_table()) do lines[#lines + 1] = name .. ": " .. value end
    table.sort(lines)
    r.content_type = "text/plain"
    local content = r:requestbody() or ""
    r:puts(r.method .. "\\n" .. table.concat(lines, "\\n") .. "\\n\\n" .. content)
    return apache2.OK
end
"""


def user_lines():
    if os.geteuid() != 0:
        return ""
    import grp
    import pwd
    for name in ("www-data", "apache", "http", "wwwrun", "nobody"):
        try:
            return f"User {name}\nGroup {grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name}"
        except KeyError:
            continue
    raise RuntimeError("running as root, and no user was found for httpd to serve as")


def free_ports(count):
    """Ports that are free, all different."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class Server:
    """Runs while its `with` block does. ports: one for each of HOSTS."""

    def __init__(self, name, stock):
        self.root, self.stock, self.child = WORK / name, stock, None
        self.ports = {}

    def policy(self, key):
        lines = HOSTS[key]
        return "\n".join(line for line in lines.splitlines() if not re.match(r"Expect|</?Location", line)) if self.stock else lines

    def write(self):
        shutil.rmtree(self.root, ignore_errors=True)
        documents = self.root / "documents"
        for folder in ("directory", "kept"):
            (documents / folder).mkdir(parents=True)
        for file in ("plain.txt", "kept/plain.txt"):
            (documents / file).write_text("plain\n")
            os.utime(documents / file, (0, 0))  # equal entity tags
        (documents / "echo.lua").write_text(ECHO)
        names = [f"mpm_{os.environ.get('MPM') or 'event'}", "unixd", "authz_core", "alias", "headers", "lua"]
        modules = [f"<IfModule !{name}_module>\nLoadModule {name}_module \"{MODULES}/mod_{name}.so\"\n</IfModule>"
                   for name in names if name == "unixd" or (MODULES / f"mod_{name}.so").exists()]
        if not self.stock:  # a copy: a build meanwhile would write into the file that is running here
            shutil.copyfile(os.environ.get("EXPECT_MODULE", "build/mod_expect.so"), self.root / "mod_expect.so")
            modules.append(f'LoadModule expect_module "{self.root}/mod_expect.so"')
        self.ports = dict(zip(HOSTS, free_ports(len(HOSTS))))
        beside = "" if self.stock else "ExpectPolicy On"
        hosts = "".join(HOST_FRAME.format(port=port, host=HOST, policy=self.policy(key), beside=beside) for key, port in self.ports.items())
        (self.root / "httpd.conf").write_text(
            FRAME.format(root=self.root, host=HOST, user=user_lines(), modules="\n".join(modules), hosts=hosts))

    def start(self):
        self.write()
        with open(self.root / "output.log", "w") as output:
            self.child = subprocess.Popen(
                [os.environ.get("HTTPD", "/usr/sbin/apache2"), "-f", str(self.root / "httpd.conf"), "-DFOREGROUND"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.child.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.ports["on"]), timeout=1) as probe:
                    probe.sendall(b"GET /plain.txt HTTP/1.0\r\n\r\n")
                    if probe.recv(16).startswith(b"HTTP/1.1 200"):
                        return True
            except OSError:
                time.sleep(0.05)
        self.stop()
        if "Address already in use" in self.log():
            return False
        raise RuntimeError(f"httpd did not start:\n{self.log()}")

    def log(self):
        files = [self.root / name for name in ("output.log", "error.log")]
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def deaths(self):
        """What httpd says of children that did not end as they should."""
        return re.findall(r".*(?:exit signal|Segmentation|AddressSanitizer|runtime error|glibc detected).*", self.log())

    def stop(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.child.pid, signal.SIGKILL)
                self.child.wait()

    def __enter__(self):
        for _ in range(10):
            if self.start():
                return self
        raise RuntimeError("ten times free ports were taken before httpd could listen on them")

    def __exit__(self, *_):
        self.stop()
