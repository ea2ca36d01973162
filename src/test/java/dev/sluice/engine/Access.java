package dev.sluice.engine;

import dev.sluice.config.SluiceConfig;
import dev.sluice.net.Credentials;
import java.io.IOException;
import java.io.UncheckedIOException;

/** To engines that ask for no credentials. */
final class Access {

    static final EngineAccess USUAL = usual();

    private Access() {}

    private static EngineAccess usual() {
        try {
            return new EngineAccess(Credentials.of(SluiceConfig.DEFAULT).engine()::context, fields -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
