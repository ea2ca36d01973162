package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigReaderTest {

    @TempDir
    Path folder;

    @Test
    void anEmptyFileIsAllDefaults() {
        assertThat(ConfigReader.read("").isValid()).isTrue();
        assertThat(ConfigReader.read("").config()).isEqualTo(SluiceConfig.DEFAULT);
        assertThat(ConfigReader.read("# nothing\n").isValid()).isTrue();
        assertThat(ConfigReader.read("queue:\nlaw:\n").config()).isEqualTo(SluiceConfig.DEFAULT);
    }

    @Test
    void theDefaultFileSaysWhatTheRecordsSay() {
        ConfigReader.Result result = ConfigReader.read(ConfigReader.defaultYaml());

        assertThat(result.problems()).isEmpty();
        assertThat(result.config()).isEqualTo(SluiceConfig.DEFAULT);
    }

    @Test
    void theDefaultFileHasEveryKey() {
        ObjectNode tree = YamlTree.parse(ConfigReader.defaultYaml(), new ArrayList<>());

        assertThat(ConfigKeys.of(SluiceConfig.DEFAULT).keySet())
                .allSatisfy(key -> assertThat(
                                tree.at("/" + key.replace('.', '/')).isMissingNode())
                        .as(key)
                        .isFalse());
    }

    @Test
    void everyKeyCanBeSet() throws IOException {
        ConfigReader.Result result = ConfigReader.read(resource("every-key.yaml"));

        assertThat(result.problems()).isEmpty();
        Map<String, Object> defaults = ConfigKeys.of(SluiceConfig.DEFAULT);
        assertThat(ConfigKeys.of(result.config()))
                .allSatisfy((key, value) -> assertThat(value).as(key).isNotEqualTo(defaults.get(key)));
        assertThat(result.config().upstream().idleEviction()).isEqualTo(Duration.ofSeconds(3));
        assertThat(result.config().queue().maxBytes()).isEqualTo(1L << 30);
        assertThat(result.config().law().name()).isEqualTo(LawConfig.Name.STATIC);
        assertThat(result.config().identity().order()).containsExactly("header:X-My-Agent", "body:meta.agent");
    }

    @Test
    void theBalancerAsksForTheFieldsOfTheDefaultOrder() throws IOException {
        List<String> asked = Pattern.compile("set-var\\(txn\\.agent\\) req\\.hdr\\((.+?)\\)")
                .matcher(Files.readString(Path.of("docker/haproxy/haproxy.cfg")))
                .results()
                .map(match -> "header:" + match.group(1))
                .toList();

        assertThat(asked)
                .isEqualTo(IdentityConfig.DEFAULT.order().stream()
                        .filter(source -> source.startsWith("header:"))
                        .toList());
    }

    @Test
    void whoBoundsOnlyTheTokensHasNoBoundOnAgents() {
        assertThat(ConfigReader.read("law: {static: {tokens: 30000}}")
                        .config()
                        .law()
                        .fixed())
                .isEqualTo(new LawConfig.Static(0, 30_000));
        assertThat(ConfigReader.read("law: {static: {tokens: 30000, agents: 8}}")
                        .config()
                        .law()
                        .fixed())
                .isEqualTo(new LawConfig.Static(8, 30_000));
        assertThat(ConfigReader.read("law: {static: {tokens: 0}}")
                        .config()
                        .law()
                        .fixed())
                .isEqualTo(new LawConfig.Static(8, 0));
    }

    @Test
    void theDocumentationNamesEveryKeyWithItsDefault() throws IOException {
        String page = Files.readString(Path.of("docs/configuration.md"));
        ObjectNode tree = YamlTree.parse(ConfigReader.defaultYaml(), new ArrayList<>());

        assertThat(ConfigKeys.of(SluiceConfig.DEFAULT).keySet()).allSatisfy(key -> {
            var value = tree.at("/" + key.replace('.', '/'));
            String standard = value.isObject() ? "{}" : value.asText();
            String shown = standard.isEmpty() ? "empty |" : "`" + standard + "` |";
            assertThat(page).contains("| `" + key + "` | " + (value.isArray() ? "see " : shown));
        });
    }

    @Test
    void allProblemsAreReportedAtOnce() {
        assertThat(lines("""
                mode: on
                queue:
                  maxSteps: 0
                  startedWait: soon
                  maxStep: 5
                law:
                  workingSet: {startedBudget: 1.5, doorBudgets: 1}
                  static: {agents: 0}
                identity:
                  order: [header:ok, "header:no good", 7, header:ok]
                tenants:
                  weights: {batch: 0, support: 2}
                admin: 9090
                upstreams: {}
                """))
                .containsExactly(
                        "mode: on (expected: enforce, shadow, off)",
                        "admin: 9090 (expected: a section with keys of its own)",
                        "law.workingSet.startedBudget: 1.5 (expected: 0.01..1.0)",
                        "law.workingSet.doorBudgets: unknown key (expected: law.workingSet.doorBudget)",
                        "queue.maxSteps: 0 (expected: 1..1000000)",
                        "queue.startedWait: soon (expected: 10ms..1h, as in 250ms, 4s, 3m or 1h)",
                        "queue.maxStep: unknown key (expected: queue.maxSteps)",
                        "identity.order[1]: header:no good (expected: header:NAME or body:PATH)",
                        "identity.order[2]: 7 (expected: header:NAME or body:PATH)",
                        "identity.order[3]: header:ok (expected: each only once)",
                        "tenants.weights.batch: 0 (expected: 0.01..1000.0)",
                        "upstreams: unknown key (expected: upstream)",
                        "law.static.agents: 0 (expected: 1 and more, or a bound in law.static.tokens)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    listen: 8080                                  | listen
                    listen: localhost                             | listen
                    listen: 127.0.0.1:65536                       | listen
                    listen: ::1:80                                | listen
                    listen:                                       | listen
                    upstream: {url: engine}                       | upstream.url
                    upstream: {connectTimeout: 2}                 | upstream.connectTimeout
                    upstream: {connectTimeout: 0s}                | upstream.connectTimeout
                    upstream: {silence: 99999999999999999999h}    | upstream.silence
                    upstream: {silence: 999999999999999999h}      | upstream.silence
                    upstream: {maxIdleConnections: many}          | upstream.maxIdleConnections
                    upstream: {maxIdleConnections: 1.5}           | upstream.maxIdleConnections
                    upstream: {maxIdleConnections: 99999999999}   | upstream.maxIdleConnections
                    signals: {path: metrics}                      | signals.path
                    signals: {maxBytes: 8MB}                      | signals.maxBytes
                    pool: {tokens: "5"}                           | pool.tokens
                    pool: {tokens: -1}                            | pool.tokens
                    law: {name: false}                            | law.name
                    law: {workingSet: {doorBudget: .nan}}         | line 1
                    queue: {refusalStatus: 500}                   | queue.refusalStatus
                    queue: [1]                                    | queue
                    identity: {order: header:x}                   | identity.order
                    identity: {trustTenantHeader: "true"}         | identity.trustTenantHeader
                    limits: {bodyBytes: 2GiB}                     | limits.bodyBytes
                    """)
    void aWrongValueIsNamedByItsKey(String yaml, String key) {
        assertThat(ConfigReader.read(yaml).problems()).extracting(Problem::key).containsExactly(key);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    queue: {startedWait: 290s}           | queue.startedWait: 290s (expected: shorter than upstream.streamedFirstByte)
                    upstream: {streamedFirstByte: 240s}, queue: {doorWait: 1s} | queue.startedWait: 4m (expected: shorter than upstream.streamedFirstByte)
                    signals: {staleAfter: 250ms}         | signals.staleAfter: 250ms (expected: longer than signals.interval)
                    law: {concur: {initialAgents: 5000}} | law.concur.initialAgents: 5000 (expected: at most law.concur.maxAgents)
                    queue: {maxBytes: 1MiB}              | queue.maxBytes: 1MiB (expected: at least limits.bodyBytes)
                    listen: 127.0.0.1:9090               | admin.listen: 127.0.0.1:9090 (expected: another address than listen)
                    """)
    void settingsMustAgree(String yaml, String line) {
        assertThat(lines("{" + yaml.replace("127.0.0.1:9090", "'127.0.0.1:9090'") + "}"))
                .containsExactly(line);
    }

    @ParameterizedTest
    @CsvSource({
        "'mode: off\nmode: shadow', line 2",
        "'mode: [', line 1",
        "'[[[[[[[[[[[[[[[[', ''",
        "'- mode', ''",
        "'enforce', ''",
        "'mode: off\n---\nmode: off', line 3",
        "'mode: \"\0\"', line 1"
    })
    void whatIsNoSingleMappingIsRefusedAsAWhole(String yaml, String place) {
        assertThat(ConfigReader.read(yaml).problems()).extracting(Problem::key).containsExactly(place);
    }

    @Test
    void aliasesAreNotFollowed() {
        String bomb = """
                listen: &a [x, x, x, x, x, x, x, x, x]
                identity: {order: &b [*a, *a, *a, *a, *a, *a, *a, *a]}
                queue: {maxSteps: *b}
                """;

        assertThat(ConfigReader.read(bomb).problems())
                .extracting(Problem::key)
                .contains("listen", "identity.order[0]", "queue.maxSteps");
    }

    @Test
    void whatTheFileCannotTellIsAProblemToo() throws IOException {
        assertThat(lines(folder.resolve("none.yaml"))).containsExactly("no such file (expected: a YAML file)");
        assertThat(lines(folder)).containsExactly("cannot be read (expected: a readable YAML file)");
        assertThat(lines(Files.write(folder.resolve("latin.yaml"), new byte[] {'#', (byte) 0xe4, '\n'})))
                .containsExactly("not UTF-8 (expected: a YAML file)");
        assertThat(lines(Files.writeString(folder.resolve("large.yaml"), "#".repeat((1 << 20) + 1))))
                .containsExactly("a large file (expected: at most 1MiB)");
        assertThat(lines(Files.writeString(folder.resolve("good.yaml"), "mode: shadow")))
                .isEmpty();
    }

    @Test
    void settingsFromElsewhereWinOverTheFileAndObeyTheSameRules() {
        String yaml = "pool: {tokens: 5}\nlaw:\n";

        ConfigReader.Result result = ConfigReader.read(
                yaml, Map.of("pool.tokens", 7, "law.name", "concur", "admin.listen", "[::1]:0", "mode", "off"));
        assertThat(result.problems()).isEmpty();
        assertThat(result.config().pool().tokens()).isEqualTo(7);
        assertThat(result.config().law().name()).isEqualTo(LawConfig.Name.CONCUR);
        assertThat(result.config().admin().listen()).isEqualTo("[::1]:0");
        assertThat(result.config().mode()).isEqualTo(Mode.OFF);

        assertThat(ConfigReader.read("pool: 5", Map.of("pool.tokens", -7)).problems())
                .extracting(Problem::key)
                .containsExactly("pool");
        assertThat(ConfigReader.read(yaml, Map.of("pool.tokens", -7)).problems())
                .extracting(Problem::value)
                .containsExactly("-7");
    }

    @Test
    void aProblemIsOneShortLineWithoutCredentials() {
        assertThat(lines("upstream: {url: 'ftp://user:secret@host'}").get(0))
                .startsWith("upstream.url: ftp://***@host (expected: ");
        assertThat(lines("listen: \"a\\nb\\u001b[2J\"").get(0)).startsWith("listen: a?b?[2J (expected: ");
        assertThat(lines("listen: " + "x".repeat(5000)).get(0)).hasSizeLessThan(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:0", "localhost:8080", "[::1]:65535", "my_host.local:1"})
    void anAddressReadsBackAsItWasWritten(String address) {
        assertThat(HostPort.parse(address)).hasToString(address);
    }

    private static List<String> lines(String yaml) {
        return lines(ConfigReader.read(yaml));
    }

    private static List<String> lines(Path file) {
        return lines(ConfigReader.read(file));
    }

    private static List<String> lines(ConfigReader.Result result) {
        return result.problems().stream().map(Problem::toString).collect(Collectors.toList());
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(ConfigReaderTest.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
