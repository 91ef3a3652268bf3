<?php
// A page fetched as PHP programs do it: `fetch.php WAY URL [CERTIFICATE]`. WAY is stream or curl.
[, $way, $url] = $argv;
$name = $argv[3] ?? "";
if ($way === "stream") {
    $pair = $name ? ["local_cert" => "$name.pem", "local_pk" => "$name.key"] : [];
    $body = file_get_contents($url, false, stream_context_create(["ssl" => $pair, "http" => ["timeout" => 5]]));
    echo $body === false ? "" : "read " . strlen($body) . " bytes\n";
} else {
    $handle = curl_init($url);
    curl_setopt_array($handle, [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 5]);
    if ($name) {
        curl_setopt_array($handle, [CURLOPT_SSLCERT => "$name.pem", CURLOPT_SSLKEY => "$name.key"]);
    }
    if (curl_exec($handle) === false) {
        error_log("cURL error " . curl_errno($handle) . ": " . curl_error($handle));
    } else {
        echo "HTTP " . curl_getinfo($handle, CURLINFO_RESPONSE_CODE) . "\n";
    }
}
