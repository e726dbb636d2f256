"""Kamailio as a carrier: it registers the account, asks for credentials, passes calls on between the account and one telephone of its network.
And as an edge proxy in front of the server."""
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from events import Events
from ports import free_port

CONFIG = """#!KAMAILIO
debug=1
log_stderror=yes
fork=no
listen=udp:{address}:{port}
{listen}
alias="{domain}"
loadmodule "pv.so"
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "rr.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "xlog.so"
modparam("auth", "algorithm", "{algorithm}")
modparam("registrar", "max_expires", {expires})
modparam("registrar", "min_expires", {min_expires})
{tls}
request_route {{
    if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
    if (is_method("OPTIONS")) {{ sl_send_reply("200", "OK"); exit; }}
    if (is_method("CANCEL")) {{ t_relay(); exit; }}
    if (has_totag()) {{ loose_route(); t_relay(); exit; }}
    if (is_method("REGISTER")) {{
        if (!pv_www_authenticate("{domain}", "{password}", "0")) {{ www_challenge("{domain}", "1"); exit; }}
        {service_route}
        if (save("location")) {{ xlog("L_ERR", "registered $tU at $ct\\n"); }}
        exit;
    }}
    if (!is_method("INVITE")) {{ sl_send_reply("405", "No"); exit; }}
    {needs_route}
    record_route();
    if ($sp == {server_port} || $proto != "udp") {{
        if (!pv_proxy_authenticate("{domain}", "{password}", "0")) {{ proxy_challenge("{domain}", "1"); exit; }}
        consume_credentials();
        xlog("L_ERR", "by $proto\\n");
        xlog("L_ERR", "outgoing $rU from $fU as $(hdr(P-Asserted-Identity))\\n");
        $ru = "sip:{phone}";
        t_relay();
        exit;
    }}
    $ru = "sip:{user}@{domain}";
    if (!lookup("location")) {{ sl_send_reply("404", "No account"); exit; }}
    t_relay();
}}
"""

NEEDS_ROUTE = """if (!($(hdr(Route)) =~ "x=1")) { sl_send_reply("403", "Not by my route"); exit; }
    xlog("L_ERR", "preloaded $hdr(Route)\\n");
    loose_route();"""

# Phones come by it and are called by it (RFC 3327); it takes their calls only with the registrar's own route (RFC 3608).
EDGE = """#!KAMAILIO
debug=1
log_stderror=yes
fork=no
listen=udp:{address}:{port}
loadmodule "pv.so"
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "rr.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "path.so"
loadmodule "xlog.so"
request_route {{
    if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
    if (has_totag()) {{ loose_route(); t_relay(); exit; }}
    if (is_method("CANCEL")) {{ t_relay(); exit; }}
    if (is_method("REGISTER")) {{
        if (!add_path()) {{ sl_send_reply("500", "No path"); exit; }}
        $du = "sip:{server}";
        t_relay();
        exit;
    }}
    if (!is_method("INVITE")) {{ sl_send_reply("405", "No"); exit; }}
    $var(routes) = $(hdr(Route)) + "," + $(hdr(Route)[1]);
    if ($si == "{server_address}" && $sp == {server_port}) {{
        xlog("L_ERR", "to the phone by $var(routes)\n");
    }} else {{
        if (!($var(routes) =~ "{server}")) {{ sl_send_reply("403", "Not by the registrar's route"); exit; }}
        xlog("L_ERR", "from the phone by $var(routes)\n");
    }}
    loose_route();
    record_route();
    t_relay();
}}
"""

TLS = """enable_tls=yes
loadmodule "tls.so"
modparam("tls", "tls_method", "TLSv1.2+")
modparam("tls", "certificate", "{certificate}")
modparam("tls", "private_key", "{key}")
"""


class Kamailio:
    """Use as a context manager. phone: user@host:port of the telephone in its network."""

    def __init__(self, server, phone, user="u123", password="secret", address="127.0.0.5", domain="carrier.example", algorithm="MD5", expires=600, min_expires=0,
                 transport="udp", certificate=None, service_route=False):
        """transport: what it listens for besides UDP; certificate: its certificate and key, for tls. service_route: it names one (RFC 3608) and takes
        no call without it."""
        self.address, self.port, self.domain = address, free_port(), domain
        self.folder = Path(tempfile.mkdtemp(prefix="kamailio", dir="/tmp"))
        self.log = Events("Kamailio's log")
        listen = "" if transport == "udp" else f"listen={transport}:{address}:{self.port}"
        tls = TLS.format(certificate=certificate[0], key=certificate[1]) if certificate else ""
        names = f'append_to_reply("Service-Route: <sip:{address}:{self.port};lr;x=1>\\r\\n");' if service_route else ""
        needs = NEEDS_ROUTE if service_route else ""
        (self.folder / "kamailio.cfg").write_text(CONFIG.format(service_route=names, needs_route=needs, address=address, port=self.port, domain=domain, user=user, password=password, algorithm=algorithm,
                                                                expires=expires, min_expires=min_expires, phone=phone, listen=listen, tls=tls,
                                                                server_port=server.rsplit(":", 1)[1]))

    @property
    def gateway(self):
        return f"{self.address}:{self.port}"

    def __enter__(self):
        self._process = subprocess.Popen(["kamailio", "-f", self.folder / "kamailio.cfg", "-Y", self.folder, "-w", self.folder, "-DD", "-E", "-m", "32", "-M", "8"],
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def _read(self):
        for line in self._process.stdout:
            self.log.add(line.rstrip("\n"))
        self.log.end()

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


class Edge(Kamailio):
    """Use as a context manager; phones register at its `gateway`."""

    def __init__(self, server, address="127.0.0.6"):
        self.address, self.port = address, free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="kamailio", dir="/tmp"))
        self.log = Events("the edge's log")
        host, port = server.rsplit(":", 1)
        (self.folder / "kamailio.cfg").write_text(EDGE.format(address=address, port=self.port, server=server, server_address=host, server_port=port))
