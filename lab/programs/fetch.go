// A page fetched as programs in Go do it: `fetch URL [CERTIFICATE]`.
package main

import (
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	config := &tls.Config{}
	if len(os.Args) > 2 {
		pair, failure := tls.LoadX509KeyPair(os.Args[2]+".pem", os.Args[2]+".key")
		if failure != nil {
			log.Fatal(failure)
		}
		// Given in any case: a client with Certificates alone leaves out what the server would not take.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return &pair, nil
		}
	}
	client := &http.Client{
		Timeout:   5 * time.Second,
		Transport: &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true},
	}
	answer, failure := client.Get(os.Args[1])
	if failure != nil {
		log.Fatal(failure)
	}
	if _, failure = io.Copy(io.Discard, answer.Body); failure != nil {
		log.Fatal(failure)
	}
	log.Print(answer.Proto, " ", answer.Status)
}
