// A TLS client of Go's standard library: connects, asks for "/", prints what came or what failed.
//
//go:debug default=go1.27
package main

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

func main() {
	to := flag.String("to", "", "address and port")
	from := flag.String("from", "", "own address")
	name := flag.String("name", "", "server name; empty sends no SNI and checks no name")
	authority := flag.String("ca", "root.crt", "trusted root")
	version := flag.String("tls", "", "the only version to offer: 1.0, 1.1, 1.2 or 1.3")
	identity := flag.String("cert", "", "client certificate NAME.pem and NAME.key")
	key := flag.String("key", "", "sign with NAME.key instead, whether it fits or not")
	alpn := flag.String("alpn", "", "protocols, separated by commas")
	group := flag.Int("group", 0, "the only group to offer, by number")
	suite := flag.Int("suite", 0, "the only TLS 1.2 suite to offer, by number")
	hold := flag.Duration("hold", 0, "wait before asking")
	clock := flag.Duration("clock", 0, "how far the clock is wrong")
	secrets := flag.String("keylog", "", "where the secrets go")
	again := flag.Bool("again", false, "read on until the server closes")
	flag.Parse()

	roots := x509.NewCertPool()
	pem, _ := os.ReadFile(*authority)
	roots.AppendCertsFromPEM(pem)
	config := &tls.Config{RootCAs: roots, ServerName: *name, InsecureSkipVerify: *name == ""}
	config.Time = func() time.Time { return time.Now().Add(*clock) }
	if *version != "" {
		number := map[string]uint16{"1.0": 0x301, "1.1": 0x302, "1.2": 0x303, "1.3": 0x304}[*version]
		config.MinVersion, config.MaxVersion = number, number
	}
	if *identity != "" {
		pair, failure := tls.LoadX509KeyPair(*identity+".pem", *identity+".key")
		stopOn(failure)
		if *key != "" {
			other, failure := tls.LoadX509KeyPair(*key+".pem", *key+".key")
			stopOn(failure)
			pair.PrivateKey = other.PrivateKey
		}
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return &pair, nil
		}
	}
	if *secrets != "" {
		file, failure := os.Create(*secrets)
		stopOn(failure)
		config.KeyLogWriter = file
	}
	if *alpn != "" {
		config.NextProtos = strings.Split(*alpn, ",")
	}
	if *group != 0 {
		config.CurvePreferences = []tls.CurveID{tls.CurveID(*group)}
	}
	if *suite != 0 {
		config.CipherSuites = []uint16{uint16(*suite)}
	}
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if *from != "" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(*from)}
	}
	connection, failure := tls.DialWithDialer(dialer, "tcp", *to, config)
	stopOn(failure)
	time.Sleep(*hold)
	_, failure = io.WriteString(connection, "GET / HTTP/1.0\r\nHost: www.example.test\r\n\r\n")
	stopOn(failure)
	buffer := make([]byte, 4096)
	count, failure := connection.Read(buffer)
	if count == 0 {
		stopOn(failure)
	}
	for *again && failure == nil {
		_, failure = connection.Read(buffer)
	}
	fmt.Println("read", count, "bytes:", strings.SplitN(string(buffer[:count]), "\r\n", 2)[0])
	connection.Close()
}

func stopOn(failure error) {
	if failure != nil {
		fmt.Println("error:", failure)
		os.Exit(1)
	}
}
