// A TLS server of Go's standard library: answers each request with a short text.
//
//go:debug default=go1.27
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"
)

func main() {
	at := flag.String("at", "", "address and port")
	identity := flag.String("cert", "good", "certificate NAME.pem and NAME.key")
	version := flag.String("tls", "", "the only version to accept: 1.2 or 1.3")
	clients := flag.String("clients", "", "root of the client certificates that are required")
	alpn := flag.String("alpn", "", "protocols, separated by commas")
	only := flag.String("only", "", "refuse every other server name, in GetCertificate")
	key := flag.String("key", "", "sign with NAME.key instead, whether it fits or not")
	broken := flag.Bool("broken", false, "fail in GetConfigForClient, as without a database")
	healthy := flag.Int("healthy", 0, "how many clients are served before -broken begins")
	group := flag.Int("group", 0, "the only group to accept, by number")
	suite := flag.Int("suite", 0, "the only TLS 1.2 suite to accept, by number")
	flag.Parse()

	pair, failure := tls.LoadX509KeyPair(*identity+".pem", *identity+".key")
	stopOn(failure)
	if *key != "" {
		other, failure := tls.LoadX509KeyPair(*key+".pem", *key+".key")
		stopOn(failure)
		pair.PrivateKey = other.PrivateKey
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}}
	if *version != "" {
		number := map[string]uint16{"1.2": 0x303, "1.3": 0x304}[*version]
		config.MinVersion, config.MaxVersion = number, number
	}
	if *clients != "" {
		pem, _ := os.ReadFile(*clients)
		config.ClientCAs = x509.NewCertPool()
		config.ClientCAs.AppendCertsFromPEM(pem)
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	if *alpn != "" {
		config.NextProtos = strings.Split(*alpn, ",")
	}
	if *only != "" {
		config.Certificates = nil
		config.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if hello.ServerName != *only {
				return nil, errors.New("no certificate for name " + hello.ServerName)
			}
			return &pair, nil
		}
	}
	if *broken {
		config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
			if *healthy--; *healthy >= 0 {
				return nil, nil
			}
			return nil, errors.New("the store of certificates does not answer")
		}
	}
	if *group != 0 {
		config.CurvePreferences = []tls.CurveID{tls.CurveID(*group)}
	}
	if *suite != 0 {
		config.CipherSuites = []uint16{uint16(*suite)}
	}
	listener, failure := net.Listen("tcp", *at)
	stopOn(failure)
	for {
		connection, failure := listener.Accept()
		stopOn(failure)
		go serve(tls.Server(connection, config))
	}
}

func serve(connection *tls.Conn) {
	defer connection.Close()
	if failure := connection.Handshake(); failure != nil {
		fmt.Println("error:", failure)
		return
	}
	lines := bufio.NewReader(connection)
	for {
		line, failure := lines.ReadString('\n')
		if failure != nil {
			fmt.Println("error:", failure)
			return
		}
		if line == "\r\n" {
			break
		}
	}
	fmt.Fprint(connection, "HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n")
}

func stopOn(failure error) {
	if failure != nil {
		fmt.Println("error:", failure)
		os.Exit(1)
	}
}
