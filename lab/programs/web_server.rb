# WEBrick over TLS: web_server.rb HOST PORT CERT CLIENTS
require "webrick/https"

host, port, cert, clients = ARGV
chain = File.read("#{cert}.pem").scan(/-----BEGIN CERT.+?END CERTIFICATE-----/m)
options = {
  BindAddress: host, Port: port.to_i, SSLEnable: true,
  SSLCertificate: OpenSSL::X509::Certificate.new(chain[0]),
  SSLExtraChainCert: chain[1..].map { |pem| OpenSSL::X509::Certificate.new(pem) },
  SSLPrivateKey: OpenSSL::PKey.read(File.read("#{cert}.key")),
}
unless clients.to_s.empty?
  options[:SSLVerifyClient] = OpenSSL::SSL::VERIFY_PEER | OpenSSL::SSL::VERIFY_FAIL_IF_NO_PEER_CERT
  options[:SSLCACertificateFile] = clients
end
server = WEBrick::HTTPServer.new(options)
server.mount_proc("/") { |_, response| response.body = "hello\n" }
trap("TERM") { server.shutdown }
server.start
