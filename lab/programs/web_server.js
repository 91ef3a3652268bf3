// An HTTPS server of Node.js that writes what fails as most programs do: web_server.js HOST PORT CERT VERSION CLIENTS ALPN
"use strict";
const fs = require("fs");
const https = require("https");

const [host, port, cert, version, clients, alpn] = process.argv.slice(2);
const options = { cert: fs.readFileSync(`${cert}.pem`), key: fs.readFileSync(`${cert}.key`) };
if (version) {
  options.minVersion = options.maxVersion = version;
}
if (clients) {
  options.requestCert = options.rejectUnauthorized = true;
  options.ca = fs.readFileSync(clients);
}
const server = https.createServer(options, (request, response) => response.end("hello\n"));
if (process.env.WHOLE) {
  server.on("tlsClientError", (failure) => console.error(failure));
} else {
  server.on("tlsClientError", (failure, socket) =>
    console.error(`${new Date().toISOString()} tlsClientError ${socket.remoteAddress}:${socket.remotePort}: ${failure.message}`));
}
server.listen(Number(port), host);
