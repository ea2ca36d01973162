package dev.sluice.app;

import dev.sluice.net.Transport;
import org.slf4j.LoggerFactory;

/**
 * What libraries do when they are first used, as far as each start of the proxy needs it whatever its settings are: done on a
 * thread of its own while these are read. Nobody waits for it but who needs the same.
 */
final class EarlyStart {

    private EarlyStart() {}

    static void begin() {
        Thread thread = new Thread(EarlyStart::touch, "sluice-early-start");
        thread.setDaemon(true);
        thread.start();
    }

    private static void touch() {
        LoggerFactory.getILoggerFactory();
        Transport.best();
    }
}
