package dev.sluice.config;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/** The keys of the file as the records have them, each with its value in a configuration. */
final class ConfigKeys {

    private ConfigKeys() {}

    static Map<String, Object> of(SluiceConfig config) {
        Map<String, Object> keys = new LinkedHashMap<>();
        collect("", config, keys);
        return keys;
    }

    private static void collect(String prefix, Record record, Map<String, Object> keys) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            // "static" is no Java name.
            String name = component.getName().equals("fixed") ? "static" : component.getName();
            Object value = valueOf(component, record);
            if (value instanceof Record inner) {
                collect(prefix + name + ".", inner, keys);
            } else {
                keys.put(prefix + name, value);
            }
        }
    }

    private static Object valueOf(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
