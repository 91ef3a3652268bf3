// A client or a server of Go's standard library that wants more of the other side's certificate than
// that it is valid: the client a certain public key (a pin), the server a certain name.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	role := flag.String("role", "client", "client or server")
	at := flag.String("at", "", "address and port")
	version := flag.String("tls", "1.3", "1.2 or 1.3")
	pin := flag.String("pin", "", "client: the key of NAME.crt is the one that is expected")
	allow := flag.String("allow", "", "server: the one common name that may come in")
	secrets := flag.String("keylog", "", "where the secrets go")
	flag.Parse()
	number := map[string]uint16{"1.2": 0x303, "1.3": 0x304}[*version]
	config := &tls.Config{MinVersion: number, MaxVersion: number, ServerName: "www.example.test"}
	if *secrets != "" {
		file, failure := os.OpenFile(*secrets, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		stopOn(failure)
		config.KeyLogWriter = file
	}
	if *role == "client" {
		config.RootCAs = pool("root.crt")
		expected := certificate(*pin).RawSubjectPublicKeyInfo
		config.VerifyPeerCertificate = func(raw [][]byte, chains [][]*x509.Certificate) error {
			if !bytes.Equal(chains[0][0].RawSubjectPublicKeyInfo, expected) {
				return errors.New("the public key is not the one that is pinned")
			}
			return nil
		}
		connection, failure := tls.Dial("tcp", *at, config)
		stopOn(failure)
		io.WriteString(connection, "GET / HTTP/1.0\r\n\r\n")
		count, failure := connection.Read(make([]byte, 4096))
		stopOn(failure)
		fmt.Println("read", count, "bytes")
		connection.Close()
		return
	}
	pair, failure := tls.LoadX509KeyPair("good.pem", "good.key")
	stopOn(failure)
	config.Certificates = []tls.Certificate{pair}
	config.ClientCAs, config.ClientAuth = pool("clients.crt"), tls.RequireAndVerifyClientCert
	config.VerifyPeerCertificate = func(raw [][]byte, chains [][]*x509.Certificate) error {
		if name := chains[0][0].Subject.CommonName; name != *allow {
			return errors.New("no access for " + name)
		}
		return nil
	}
	listener, failure := net.Listen("tcp", *at)
	stopOn(failure)
	for {
		plain, failure := listener.Accept()
		stopOn(failure)
		connection := tls.Server(plain, config)
		if failure := connection.Handshake(); failure != nil {
			fmt.Println("error:", failure)
		} else {
			io.WriteString(connection, "hello\n")
		}
		connection.Close()
	}
}

func pool(file string) *x509.CertPool {
	content, _ := os.ReadFile(file)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(content)
	return pool
}

func certificate(name string) *x509.Certificate {
	content, _ := os.ReadFile(name + ".crt")
	block, _ := pem.Decode(content)
	parsed, failure := x509.ParseCertificate(block.Bytes)
	stopOn(failure)
	return parsed
}

func stopOn(failure error) {
	if failure != nil {
		fmt.Println("error:", failure)
		os.Exit(1)
	}
}
