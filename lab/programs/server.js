// A TLS server of Node.js: answers each request with a short text.
"use strict";
const fs = require("fs");
const tls = require("tls");

const [host, port, version, cert, clients] = process.argv.slice(2);
const options = {
  cert: fs.readFileSync(`${cert}.pem`),
  key: fs.readFileSync(`${cert}.key`),
};
if (version) {
  options.minVersion = options.maxVersion = version;
}
if (clients) {
  // A client that it does not like is left without a word, once the handshake is over.
  options.requestCert = options.rejectUnauthorized = true;
  options.ca = fs.readFileSync(clients);
}
const server = tls.createServer(options, (connection) => {
  connection.once("data", () => {
    connection.end("HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n");
  });
  connection.on("error", (failure) => console.log("error:", failure.message));
});
server.on("tlsClientError", (failure) => console.log("error:", failure.message));
server.listen(Number(port), host);
