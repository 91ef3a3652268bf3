"""A page fetched by curl with BoringSSL and Chrome's hello: `boring_client.py HOST PORT NAME [CERT]`."""

import sys

from curl_cffi import CurlOpt, requests


def main():
    host, port, name, cert = (sys.argv[1:] + [""] * 4)[:4]
    pair = (f"{cert}.pem", f"{cert}.key") if cert else None
    answer = requests.get(f"https://{name}:{port}/", timeout=5, cert=pair, verify="root.crt",
                          impersonate="chrome",
                          curl_options={CurlOpt.RESOLVE: [f"{name}:{port}:{host}"]})
    print("HTTP/1", answer.status_code)


main()
