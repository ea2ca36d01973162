package dev.sluice.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was seen of an engine beside its facts. Immutable.
 *
 * @param settings how it was started, as far as it tells, by its own names
 * @param reuse what it told of a prompt that it was sent twice
 */
public record AuditEvidence(Map<String, String> settings, Reuse reuse) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SETTINGS_FAMILY = "cache_config_info";
    private static final int MOST_SETTINGS = 1000;

    public AuditEvidence {
        settings = Map.copyOf(settings);
    }

    /**
     * The second answer's usage.
     *
     * @param promptTokens -1 if the prompt was not sent, or the answer told nothing
     * @param cachedTokens -1 if the answer did not tell
     */
    public record Reuse(long promptTokens, long cachedTokens) {

        public static final Reuse NOT_ASKED = new Reuse(-1, -1);

        boolean isAsked() {
            return promptTokens >= 0;
        }
    }

    /** Settings that stand in the labels of a metrics page, as vLLM has them. */
    public static Map<String, String> settingsOnPage(byte[] page) {
        Map<String, String> settings = new LinkedHashMap<>();
        PrometheusText.read(page, series -> {
            if (settings.isEmpty() && series.nameEndsWith(SETTINGS_FAMILY)) {
                settings.putAll(series.labels());
            }
        });
        return settings;
    }

    /** Settings that an engine answers as JSON, as SGLang does at {@code /server_info}: what is text, number or flag. */
    public static Map<String, String> settingsInJson(byte[] page) {
        Map<String, String> settings = new LinkedHashMap<>();
        try {
            JsonNode object = JSON.readTree(page);
            object.properties().stream()
                    .filter(field -> field.getValue().isValueNode())
                    .limit(MOST_SETTINGS)
                    .forEach(field ->
                            settings.put(field.getKey(), field.getValue().asText()));
        } catch (IOException notJson) {
            // An engine that tells nothing there.
        }
        return settings;
    }

    /** A setting that is on, in Python's words or JSON's. */
    boolean isOn(String name) {
        return settings.getOrDefault(name, "").equalsIgnoreCase("true");
    }

    boolean isOff(String name) {
        return settings.getOrDefault(name, "").equalsIgnoreCase("false");
    }

    /** A setting's text; empty if it is not told or none. */
    String text(String name) {
        String text = settings.getOrDefault(name, "");
        return text.equals("None") || text.equals("null") ? "" : text;
    }
}
