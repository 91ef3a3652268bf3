# A page fetched as Ruby programs do it: `fetch.rb URL [CERTIFICATE]`; what fails is not caught.
require "net/http"
require "openssl"

address = URI(ARGV[0])
http = Net::HTTP.new(address.host, address.port)
http.use_ssl = true
http.open_timeout = http.ssl_timeout = http.read_timeout = 5
http.max_retries = 0
if ARGV[1]
  http.cert = OpenSSL::X509::Certificate.new(File.read("#{ARGV[1]}.crt"))
  http.key = OpenSSL::PKey.read(File.read("#{ARGV[1]}.key"))
end
puts "HTTP #{http.get("/").code}"
