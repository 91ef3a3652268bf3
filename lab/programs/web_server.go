// A web server of net/http, and a reverse proxy to one, with the logs of the standard library.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"
)

func pool(name string) *x509.CertPool {
	pem, _ := os.ReadFile(name)
	found := x509.NewCertPool()
	found.AppendCertsFromPEM(pem)
	return found
}

func versions(config *tls.Config, only string) {
	number := map[string]uint16{"1.2": 0x303, "1.3": 0x304}[only]
	config.MinVersion, config.MaxVersion = number, number
}

func main() {
	at := flag.String("at", "", "address and port to listen on")
	to := flag.String("to", "", "address and port to ask, as a proxy")
	identity := flag.String("cert", "", "certificate NAME.pem and NAME.key")
	version := flag.String("tls", "", "the only version")
	clients := flag.String("clients", "", "root of the client certificates that are required")
	only := flag.String("only", "", "refuse every other server name")
	flag.Parse()

	config := &tls.Config{}
	versions(config, *version)
	if *identity != "" {
		pair, failure := tls.LoadX509KeyPair(*identity+".pem", *identity+".key")
		if failure != nil {
			panic(failure)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if *to != "" {
		config.RootCAs, config.ServerName = pool("root.crt"), "www.example.test"
		proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "https", Host: *to})
		proxy.Transport = &http.Transport{TLSClientConfig: config, TLSHandshakeTimeout: 2 * time.Second}
		panic(http.ListenAndServe(*at, proxy))
	}
	if *clients != "" {
		config.ClientCAs, config.ClientAuth = pool(*clients), tls.RequireAndVerifyClientCert
	}
	if *only != "" {
		pair := config.Certificates[0]
		config.Certificates = nil
		config.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if hello.ServerName != *only {
				return nil, errors.New("no certificate for " + hello.ServerName)
			}
			return &pair, nil
		}
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "hello") })
	server := &http.Server{Addr: *at, Handler: handler, TLSConfig: config}
	panic(server.ListenAndServeTLS("", ""))
}
