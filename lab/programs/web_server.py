"""A web server over TLS made with one of Python's own or its frameworks:
`web_server.py KIND HOST PORT CERT [CLIENTS]`."""

import logging
import ssl
import sys

KIND, HOST, PORT, CERT = sys.argv[1:5]
CLIENTS = sys.argv[5] if len(sys.argv) > 5 else ""


def context():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(f"{CERT}.pem", f"{CERT}.key")
    if CLIENTS:
        made.load_verify_locations(CLIENTS)
        made.verify_mode = ssl.CERT_REQUIRED
    return made


def http_server():
    """The standard library; each connection makes its handshake in the thread that serves it."""
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
    server = ThreadingHTTPServer(
        (HOST, int(PORT)), lambda *words: SimpleHTTPRequestHandler(*words, directory="pages"))
    server.socket = context().wrap_socket(server.socket, server_side=True,
                                          do_handshake_on_connect=False)
    server.serve_forever()


def aiohttp():
    from aiohttp import web

    async def hello(_):
        return web.Response(text="hello\n")
    logging.basicConfig(level=logging.INFO)
    application = web.Application()
    application.add_routes([web.get("/", hello)])
    web.run_app(application, host=HOST, port=int(PORT), ssl_context=context())


def tornado():
    import tornado.ioloop
    import tornado.log
    import tornado.web

    class Hello(tornado.web.RequestHandler):
        def get(self):
            self.write("hello\n")
    tornado.log.enable_pretty_logging()
    application = tornado.web.Application([("/", Hello)])
    application.listen(int(PORT), HOST, ssl_options=context())
    tornado.ioloop.IOLoop.current().start()


def cheroot():
    from cheroot.ssl.builtin import BuiltinSSLAdapter
    from cheroot.wsgi import Server

    def hello(_, start):
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"hello\n"]
    server = Server((HOST, int(PORT)), hello)
    server.ssl_adapter = BuiltinSSLAdapter(f"{CERT}.pem", f"{CERT}.key")
    server.ssl_adapter.context = context()
    server.error_log = lambda text="", level=20, traceback=False: print(
        text, __import__("traceback").format_exc() if traceback else "", file=sys.stderr)
    server.start()


async def application(scope, receive, send):
    """For servers that take an ASGI application."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello\n"})


def uvicorn():
    import uvicorn
    words = {"ssl_ca_certs": CLIENTS, "ssl_cert_reqs": ssl.CERT_REQUIRED} if CLIENTS else {}
    uvicorn.run(application, host=HOST, port=int(PORT), ssl_keyfile=f"{CERT}.key",
                ssl_certfile=f"{CERT}.pem", lifespan="off", log_level="debug", **words)


def hypercorn():
    import asyncio
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    config = Config()
    config.bind, config.certfile, config.keyfile = [f"{HOST}:{PORT}"], f"{CERT}.pem", f"{CERT}.key"
    config.loglevel, config.errorlog = "debug", "-"
    if CLIENTS:
        config.ca_certs, config.verify_mode = CLIENTS, ssl.CERT_REQUIRED
    asyncio.run(serve(application, config), debug=True)


globals()[KIND]()
