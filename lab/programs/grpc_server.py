"""A gRPC server with TLS that answers every call: `grpc_server.py HOST:PORT`."""

import concurrent.futures
import sys

import grpc


class Answers(grpc.GenericRpcHandler):
    """Answers each call with what it was asked."""

    def service(self, _):
        return grpc.unary_unary_rpc_method_handler(lambda asked, _: asked + b"hello")


def main():
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((Answers(),))
    pair = [open(name, "rb").read() for name in ("good.key", "good.pem")]
    server.add_secure_port(sys.argv[1], grpc.ssl_server_credentials([pair]))
    server.start()
    server.wait_for_termination()


main()
