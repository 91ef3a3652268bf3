# The same as forked.py in Ruby, as a pool of workers does it that was filled before the fork.
require "openssl"
require "socket"

host, port, version = ARGV
context = OpenSSL::SSL::SSLContext.new
context.ca_file = "root.crt"
context.verify_mode = OpenSSL::SSL::VERIFY_PEER
context.min_version = context.max_version = version == "1.2" ? :TLS1_2 : :TLS1_3
secured = OpenSSL::SSL::SSLSocket.new(TCPSocket.new(host, port.to_i), context)
secured.hostname = "www.example.test"
secured.connect
request = "GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n"
secured.write(request)
puts "first answer: #{secured.readpartial(4096).size} bytes"
workers = [0.1, 0.3].map do |pause|
  fork do
    sleep pause
    begin
      secured.write(request)
      puts "a worker read #{secured.readpartial(4096).size} bytes"
    rescue StandardError => failure
      puts "error in a worker: #{failure}"
    end
    $stdout.flush
    exit!
  end
end
workers.each { |worker| Process.wait(worker) }
