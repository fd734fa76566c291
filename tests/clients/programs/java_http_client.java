// Java's HttpClient. expectContinue(true) sends the field and waits for the 100; any other expectation is a restricted
// header that needs -Djdk.httpclient.allowRestrictedHeaders=expect.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

class java_http_client {
    public static void main(String[] arguments) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(arguments[0]));
        if (arguments[1].equals("100-continue")) {
            request.expectContinue(true);
        } else {
            request.header("Expect", arguments[1]);
        }
        if (arguments.length > 2) {
            request.POST(HttpRequest.BodyPublishers.ofFile(Path.of(arguments[2])));
        }
        var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        var status = new CompletableFuture<Integer>();
        HttpResponse.BodyHandler<String> handler = head -> {
            status.complete(head.statusCode());
            return HttpResponse.BodySubscribers.ofString(java.nio.charset.StandardCharsets.UTF_8);
        };
        try {
            // Not request.timeout(): that ends with the header section.
            var response = client.sendAsync(request.build(), handler);
            status.get(20, TimeUnit.SECONDS);
            var content = response.get(5, TimeUnit.SECONDS).body();
            System.out.println(status.get());
            System.out.print(content);
        } catch (TimeoutException error) {
            if (status.isDone()) {
                System.out.println(status.get());
                System.err.println("the content of the answer does not end within 5 s");
            } else {
                System.err.println("no answer within 20 s");
            }
            System.exit(1); // the client's threads would live on
        }
    }
}
