<?php
// A request with an expectation, by PHP's ext-curl.
$url = $argv[1] ?? 'http://example.com/resource';

$ch = curl_init($url);
curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
curl_setopt($ch, CURLOPT_HTTPHEADER, ['Expect: certain-expectation']);
$response = curl_exec($ch);

if ($response === false) {
    echo 'Error: ' . curl_error($ch) . "\n";
} elseif (curl_getinfo($ch, CURLINFO_HTTP_CODE) == 417) {
    echo "Expectation Failed.\n";
} else {
    echo 'Response: ' . $response;
}
curl_close($ch);
