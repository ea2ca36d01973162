package dev.sluice.net;

import dev.sluice.config.SluiceConfig;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What Sluice shows others, and by what it knows them. Thread-safe. */
public final class Credentials {

    private final @Nullable Tls clients;
    private final @Nullable Tls admin;
    private final Tls engine;
    private final EngineKey engineKey;
    private final Map<String, Secret> collector;

    private Credentials(
            @Nullable Tls clients,
            @Nullable Tls admin,
            Tls engine,
            EngineKey engineKey,
            Map<String, Secret> collector) {
        this.collector = collector;
        this.clients = clients;
        this.admin = admin;
        this.engine = engine;
        this.engineKey = engineKey;
    }

    /**
     * Reads all that the configuration names.
     *
     * @throws IOException whose message names setting, file and what was expected
     */
    public static Credentials of(SluiceConfig config) throws IOException {
        Map<String, Secret> collector = new TreeMap<>();
        for (Map.Entry<String, String> field : config.tracing().headers().entrySet()) {
            String setting = "tracing.headers." + field.getKey();
            collector.put(field.getKey(), new Secret(setting, field.getValue(), System.getenv(), true));
        }
        return new Credentials(
                Tls.withClients(config.tls()),
                Tls.onAdmin(config.admin().tls()),
                Tls.withEngine(config.upstream().tls(), config.speaksTlsWithEngine()),
                EngineKey.of(config.upstream().apiKey(), System.getenv()),
                collector);
    }

    /** TLS with clients; null if they speak in the clear. */
    public @Nullable Tls clients() {
        return clients;
    }

    /** TLS on the admin port; null if it speaks in the clear. */
    public @Nullable Tls admin() {
        return admin;
    }

    /** TLS with an engine whose URL asks for it. */
    public Tls engine() {
        return engine;
    }

    public EngineKey engineKey() {
        return engineKey;
    }

    /** What the collector of spans is shown, by the names of the fields. */
    public Map<String, String> collectorFields() {
        Map<String, String> fields = new TreeMap<>();
        collector.forEach((name, secret) -> fields.put(name, secret.text()));
        return fields;
    }

    /**
     * Reads everything again; what cannot be used leaves what was in force. Blocks for files.
     *
     * @param changed told what is new now
     * @param failed told what could not be used
     */
    public void renew(Consumer<String> changed, Consumer<IOException> failed) {
        if (clients != null) {
            renew("tls", clients::renew, changed, failed);
        }
        if (admin != null) {
            renew("admin.tls", admin::renew, changed, failed);
        }
        renew("upstream.tls", engine::renew, changed, failed);
        renew("upstream.apiKey", engineKey::renew, changed, failed);
        collector.forEach((name, secret) -> renew("tracing.headers." + name, secret::renew, changed, failed));
    }

    private static void renew(String what, Renewal renewal, Consumer<String> changed, Consumer<IOException> failed) {
        try {
            if (renewal.renew()) {
                changed.accept(what);
            }
        } catch (IOException e) {
            failed.accept(e);
        }
    }

    private interface Renewal {
        boolean renew() throws IOException;
    }
}
