package dev.sluice.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Reads YAML into {@link SluiceConfig} and reports all that is wrong with it at once. A missing key has its default, an
 * unknown key is a problem. Thread-safe.
 */
public final class ConfigReader {

    private static final int MAX_FILE_BYTES = 1 << 20;

    private static final String ENVIRONMENT_PREFIX = "SLUICE__";

    private ConfigReader() {}

    /**
     * What was read. Immutable.
     *
     * @param config with the default wherever a value is missing or wrong; use it only if {@link #isValid()}
     * @param problems in the order of the settings
     * @param settings every key that there is, with its value in {@code config}
     */
    public record Result(SluiceConfig config, List<Problem> problems, List<Setting> settings) {

        public Result {
            problems = List.copyOf(problems);
            settings = List.copyOf(settings);
        }

        public boolean isValid() {
            return problems.isEmpty();
        }
    }

    /** Reads {@code file}; that it is missing, unreadable or too large is a problem like any other. */
    public static Result read(Path file) {
        return read(file, Map.of());
    }

    public static Result read(String yaml) {
        return read(yaml, Map.of());
    }

    /**
     * Reads {@code file} with some settings given from elsewhere, as on a command line.
     *
     * @param settings dotted keys with texts, numbers or booleans; they win over the file
     */
    public static Result read(Path file, Map<String, ?> settings) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            if (bytes.length > MAX_FILE_BYTES) {
                return unreadable("a large file", "at most " + Quantity.formatBytes(MAX_FILE_BYTES));
            }
            return read(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString(), settings);
        } catch (NoSuchFileException e) {
            return unreadable("no such file", "a YAML file");
        } catch (CharacterCodingException e) {
            return unreadable("not UTF-8", "a YAML file");
        } catch (IOException e) {
            return unreadable("cannot be read", "a readable YAML file");
        }
    }

    /** Reads {@code yaml}, empty for all defaults, with some settings given from elsewhere; see above. */
    public static Result read(String yaml, Map<String, ?> settings) {
        List<Problem> problems = new ArrayList<>();
        ObjectNode tree = YamlTree.parse(yaml, problems);
        YamlTree.put(tree, settings);
        List<Setting> all = new ArrayList<>();
        SluiceConfig config = Section.read(tree, problems, all, root -> Settings.sluice(root, SluiceConfig.DEFAULT));
        CrossRules.check(config, problems);
        return new Result(config, problems, all);
    }

    /**
     * The settings that an environment gives: {@code SLUICE__queue__doorWait=2m} is {@code queue.doorWait}. Values are
     * written as in the file. Other variables are not looked at, neither those that Kubernetes makes for a service of the
     * name {@code sluice}.
     */
    public static Map<String, Object> settingsOf(Map<String, String> environment) {
        Map<String, Object> settings = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(ENVIRONMENT_PREFIX)) {
                settings.put(name.substring(ENVIRONMENT_PREFIX.length()).replace("__", "."), YamlTree.value(value));
            }
        });
        return settings;
    }

    /** Settings as texts, as {@link Setting#text} has them, over the defaults. */
    public static Result ofTexts(Map<String, String> texts) {
        Map<String, Object> settings = new TreeMap<>();
        texts.forEach((key, text) -> settings.put(key, YamlTree.value(text)));
        return read("", settings);
    }

    /** Every key that there is with the value that it has in {@code config}. */
    public static List<Setting> settingsOf(SluiceConfig config) {
        List<Setting> settings = new ArrayList<>();
        Section.read(MissingNode.getInstance(), new ArrayList<>(), settings, root -> Settings.sluice(root, config));
        return List.copyOf(settings);
    }

    /** The commented YAML that says what {@link SluiceConfig#DEFAULT} says. */
    public static String defaultYaml() {
        try (InputStream in = Objects.requireNonNull(ConfigReader.class.getResourceAsStream("sluice.yaml"))) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Result unreadable(String value, String expected) {
        return new Result(SluiceConfig.DEFAULT, List.of(new Problem("", value, expected)), List.of());
    }
}
