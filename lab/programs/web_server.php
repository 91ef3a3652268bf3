<?php
// A server on PHP's streams: web_server.php HOST PORT CERT CLIENTS
[, $host, $port, $cert, $clients] = $argv + ["", "", "", "", ""];
$options = ["local_cert" => "$cert.pem", "local_pk" => "$cert.key", "verify_peer" => $clients !== ""];
if ($clients !== "") {
    $options += ["cafile" => $clients, "verify_depth" => 3, "verify_peer_name" => false];
}
$server = stream_socket_server("ssl://$host:$port", $code, $text,
    STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, stream_context_create(["ssl" => $options]));
while (true) {
    $connection = stream_socket_accept($server, 3600);
    if ($connection) {
        fread($connection, 4096);
        fwrite($connection, "HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n");
        fclose($connection);
    }
}
