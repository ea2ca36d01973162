import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the ahead-of-time cache of the image: runs the proxy in front of the embedded engine, sends it what clients and operators
 * send, and stops it as Kubernetes does; the JVM writes the cache on its way out. Run in /opt/sluice of the image's making.
 */
final class Train {

    private static final String CHAT = """
            {"model":"emulated-tiny","stream":%s,"max_tokens":8,"messages":[{"role":"user","content":"step %d"}]}""";
    private static final String MESSAGES = """
            {"model":"emulated-tiny","stream":true,"max_tokens":8,"messages":[{"role":"user","content":"hello"}]}""";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    public static void main(String[] args) throws Exception {
        new Train().run();
    }

    private void run() throws IOException, InterruptedException {
        Process engine = start("-XX:TieredStopAtLevel=1", "-jar", "sluice.jar", "emulate", "--listen", "127.0.0.1:0", "--speed", "50");
        Process sluice = null;
        try {
            String upstream = told(readyLine(engine), "url");
            sluice = start(
                    "@train.options", "-XX:AOTCacheOutput=sluice.aot", "-jar", "/opt/sluice/sluice.jar", "run",
                    "--upstream", upstream, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0");
            String ready = readyLine(sluice);
            String listen = told(ready, "listen");
            for (int step = 0; step < 20; step++) {
                post(listen, "/v1/chat/completions", CHAT.formatted(step % 2 == 0, step));
            }
            post(listen, "/v1/messages", MESSAGES);
            post(listen, "/v1/chat/completions", "{not json");
            for (String page : List.of("/", "/health", "/ready", "/metrics", "/state")) {
                send(HttpRequest.newBuilder(URI.create("http://" + told(ready, "admin") + page)));
            }
            sluice.destroy();
            int status = sluice.waitFor();
            if (status != 0 || !new File("sluice.aot").isFile()) {
                throw new IOException("the proxy ended with " + status + ", and sluice.aot is"
                        + (new File("sluice.aot").isFile() ? " there" : " missing"));
            }
        } finally {
            engine.destroy();
            if (sluice != null) {
                sluice.destroyForcibly();
            }
        }
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("/opt/sluice/runtime/bin/java"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** What a process says once it is ready; the JVM may say something before. */
    private static String readyLine(Process process) throws IOException {
        BufferedReader out = process.inputReader();
        String line = out.readLine();
        while (line != null && !line.contains(" ready ")) {
            line = out.readLine();
        }
        if (line == null) {
            throw new IOException("a process ended before it was ready");
        }
        return line;
    }

    private static String told(String ready, String key) {
        return ready.replaceAll(".* " + key + "=(\\S+).*", "$1");
    }

    private void post(String listen, String path, String body) throws IOException, InterruptedException {
        send(HttpRequest.newBuilder(URI.create("http://" + listen + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private void send(HttpRequest.Builder request) throws IOException, InterruptedException {
        client.send(request.build(), BodyHandlers.discarding());
    }
}
