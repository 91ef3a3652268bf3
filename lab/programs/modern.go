// A client of a Go that is newer than Debian's: it sends what clients send today, a post-quantum
// key share and, if told to, an encrypted ClientHello.
//
//go:debug default=go1.27
package main

import (
	"crypto/ecdh"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"net"
)

func main() {
	to := flag.String("to", "", "address and port")
	from := flag.String("from", "", "own address")
	name := flag.String("name", "", "server name")
	version := flag.String("tls", "", "the only version to offer: 1.2 or 1.3")
	classic := flag.Bool("classic", false, "offer curves alone")
	hybrid := flag.Bool("hybrid", false, "offer X25519MLKEM768 alone")
	outer := flag.String("ech", "", "hide the name behind this one, with a key that nobody has")
	flag.Parse()

	roots := x509.NewCertPool()
	pem, failure := os.ReadFile("root.crt")
	stopOn(failure)
	roots.AppendCertsFromPEM(pem)
	config := &tls.Config{RootCAs: roots, ServerName: *name}
	if *version != "" {
		number := map[string]uint16{"1.2": 0x303, "1.3": 0x304}[*version]
		config.MinVersion, config.MaxVersion = number, number
	}
	if *classic {
		config.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP256}
	}
	if *hybrid {
		config.CurvePreferences = []tls.CurveID{tls.X25519MLKEM768}
	}
	if *outer != "" {
		config.EncryptedClientHelloConfigList = lostConfiguration(*outer)
	}
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if *from != "" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(*from)}
	}
	plain, failure := dialer.Dial("tcp", *to)
	stopOn(failure)
	plain.SetDeadline(time.Now().Add(3 * time.Second))
	connection := tls.Client(plain, config)
	failure = connection.Handshake()
	if failure != nil {
		plain.Close()
	}
	stopOn(failure)
	_, failure = io.WriteString(connection, "GET / HTTP/1.0\r\nHost: www.example.test\r\n\r\n")
	stopOn(failure)
	buffer := make([]byte, 4096)
	count, failure := connection.Read(buffer)
	if count == 0 {
		stopOn(failure)
	}
	fmt.Println("read", count, "bytes")
	connection.Close()
}

// lostConfiguration is an ECHConfigList (RFC 9849, section 4) for a key that is thrown away at once.
func lostConfiguration(name string) []byte {
	key, failure := ecdh.X25519().GenerateKey(rand.Reader)
	stopOn(failure)
	word := func(to []byte, values ...uint16) []byte {
		for _, value := range values {
			to = binary.BigEndian.AppendUint16(to, value)
		}
		return to
	}
	public := key.PublicKey().Bytes()
	contents := []byte{42}                                 // config_id
	contents = word(contents, 0x0020, uint16(len(public))) // DHKEM(X25519, HKDF-SHA256)
	contents = append(contents, public...)
	contents = word(contents, 4, 0x0001, 0x0001)     // HKDF-SHA256, AES-128-GCM
	contents = append(contents, 32, byte(len(name))) // maximum_name_length
	contents = append(contents, name...)
	contents = word(contents, 0) // no extensions
	list := word(nil, 0xfe0d, uint16(len(contents)))
	list = append(list, contents...)
	return append(word(nil, uint16(len(list))), list...)
}

func stopOn(failure error) {
	if failure != nil {
		fmt.Println("error:", failure)
		os.Exit(1)
	}
}
