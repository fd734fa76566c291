<?php
// PHP's ext-curl. It is libcurl, which waits one second for the 100 (CURLOPT_EXPECT_100_TIMEOUT_MS).
[, $url, $expectation, $file] = $argv + [3 => null];

$ch = curl_init($url);
curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
curl_setopt($ch, CURLOPT_HTTPHEADER, ["Expect: $expectation"]);
if ($file !== null) {
    curl_setopt($ch, CURLOPT_POSTFIELDS, file_get_contents($file));
}
$answer = curl_exec($ch);
if ($answer === false) {
    fwrite(STDERR, curl_error($ch) . "\n");
    exit(1);
}
echo curl_getinfo($ch, CURLINFO_RESPONSE_CODE), "\n", $answer;
