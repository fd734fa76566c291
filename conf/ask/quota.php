<?php
// Quota before upload: ExpectRule ask puts the question, see quota.conf. 2xx lets the client send its content; any other
// answer is the client's, and no content travels. For PHP 8.1 and later.
//
// QUOTA_USERS names a JSON file: for the SHA-256 of each token, the user's name and quota in bytes.
//   {"<64 hexadecimal digits>": {"user": "alice", "quota": 1073741824}}

declare(strict_types=1);

// Until the end is reached. A script that breaks off says 200 otherwise, where display_errors is on.
http_response_code(500);

// Answers in JSON (RFC 9457) and ends.
function refuse(int $status, string $title, array $more = []): never
{
    http_response_code($status);
    header('Content-Type: application/problem+json');
    echo json_encode(['title' => $title, 'status' => $status] + $more, JSON_UNESCAPED_SLASHES), "\n";
    exit;
}

// The bytes of all files below a folder.
function used_below(string $folder): int
{
    $used = 0;
    if (is_dir($folder)) {
        $files = new RecursiveDirectoryIterator($folder, FilesystemIterator::SKIP_DOTS);
        foreach (new RecursiveIteratorIterator($files) as $file) {
            $used += $file->getSize();
        }
    }
    return $used;
}

$users = json_decode((string) @file_get_contents((string) ($_SERVER['QUOTA_USERS'] ?? '')), true);
if (!is_array($users)) {
    refuse(500, 'The list of users cannot be read.');
}
$token = preg_match('/^Bearer ([\w.~+\/-]+=*)$/i', $_SERVER['HTTP_AUTHORIZATION'] ?? '', $found) ? $found[1] : '';
$known = $users[hash('sha256', $token)] ?? null;
if ($known === null) {
    header('WWW-Authenticate: Bearer realm="uploads"' . ($token === '' ? '' : ', error="invalid_token"'));
    refuse(401, $token === '' ? 'A token is needed.' : 'The token is not known.');
}
$wanted = $_SERVER['HTTP_X_ORIGINAL_CONTENT_LENGTH'] ?? '';
if (!preg_match('/^\d+$/D', $wanted)) {
    refuse(411, 'The length of the upload is needed.');
}
$left = max(0, $known['quota'] - used_below($_SERVER['QUOTA_UPLOADS'] . '/' . $known['user']));
if (strlen($wanted) > 18 || (int) $wanted > $left) {
    refuse(507, 'The upload does not fit into the quota.', ['wanted' => $wanted, 'left' => $left]);
}
http_response_code(204);
