// A TLS client of Node.js: connects, asks for "/", prints what came or what failed.
const fs = require('fs');
const tls = require('tls');

const [host, port, name, version, identity, source] = process.argv.slice(2);
const options = { host, port, servername: name, ca: fs.readFileSync('root.crt') };
if (version) options.minVersion = options.maxVersion = `TLSv${version}`;
if (identity) {
  options.cert = fs.readFileSync(`${identity}.pem`);
  options.key = fs.readFileSync(`${identity}.key`);
}
if (source) options.localAddress = source;

const request = 'GET / HTTP/1.0\r\nHost: www.example.test\r\n\r\n';
const socket = tls.connect(options, () => socket.write(request));
socket.setTimeout(5000, () => socket.destroy(new Error('timeout')));
socket.once('data', (data) => {
  console.log(`read ${data.length} bytes by ${socket.getProtocol()}`);
  socket.end();
});
socket.on('error', (failure) => {
  console.log(`error: ${failure.message}`);
  process.exitCode = 1;
});
