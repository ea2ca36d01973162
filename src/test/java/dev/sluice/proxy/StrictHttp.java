package dev.sluice.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * RFC 9112 read to the letter, by code that shares nothing with the proxy's: which requests a stream of bytes holds, and
 * whether it may go on as it does. Where the RFC leaves a choice, this reader takes the refusal, save that it skips empty
 * lines before a request line (§2.2) and takes any case of {@code chunked}.
 */
final class StrictHttp {

    private static final String TOKEN = "!#$%&'*+-.^_`|~";

    private final String bytes;
    private final List<Request> requests = new ArrayList<>();
    private final StringBuilder content = new StringBuilder();
    private int at;

    private StrictHttp(String bytes) {
        this.bytes = bytes;
    }

    /** How a stream goes on behind its last whole request. */
    enum Rest {
        /** Nothing is left, or the last request asked for the connection to be closed. */
        NOTHING,
        /** A request has begun well and is not whole. */
        BEGUN,
        /** No valid request can begin like this. */
        INVALID
    }

    /** One whole request. */
    record Request(String method, String target, boolean closes) {}

    /**
     * @param requests the whole ones, in order
     * @param length how many bytes those are
     * @param rest what stands behind them
     * @param why what is wrong with the rest; empty if nothing is
     */
    record Reading(List<Request> requests, int length, Rest rest, String why) {}

    static Reading read(String stream) {
        StrictHttp reader = new StrictHttp(stream);
        int length = 0;
        try {
            while (reader.at < stream.length()) {
                Request next = reader.request();
                reader.requests.add(next);
                length = reader.at;
                if (next.closes()) {
                    break;
                }
            }
            return new Reading(reader.requests, length, Rest.NOTHING, "");
        } catch (NotYet e) {
            return new Reading(reader.requests, length, e.isBegun ? Rest.BEGUN : Rest.NOTHING, "");
        } catch (Wrong e) {
            return new Reading(reader.requests, length, Rest.INVALID, String.valueOf(e.getMessage()));
        }
    }

    /**
     * What an engine's bytes say in answer to one request.
     *
     * @param heads the status of each head, interim ones first
     * @param content of the body, as far as it has come
     * @param isWhole whether the answer has come to its end; one that ends with the connection never has here
     * @param length how many bytes it takes if it is whole
     * @param why what is wrong; empty if nothing is
     */
    record Answer(List<Integer> heads, String content, boolean isWhole, int length, String why) {}

    static Answer answer(String stream, boolean toHead) {
        StrictHttp reader = new StrictHttp(stream);
        List<Integer> heads = new ArrayList<>();
        try {
            reader.answer(heads, toHead);
            return new Answer(heads, reader.content.toString(), true, reader.at, "");
        } catch (NotYet e) {
            return new Answer(heads, reader.content.toString(), false, 0, "");
        } catch (Wrong e) {
            return new Answer(heads, reader.content.toString(), false, 0, String.valueOf(e.getMessage()));
        }
    }

    private void answer(List<Integer> heads, boolean toHead) {
        int status;
        Fields fields;
        do {
            String line = statusLine();
            fields = fields(false);
            status = Integer.parseInt(line.substring(9, 12));
            checkFraming(fields, line.charAt(7) == '1');
            heads.add(status);
            check(heads.size() < 257 || status >= 200, "too many interim answers");
        } while (status < 200 && status != 101);
        if (toHead || status < 200 || status == 204 || status == 304) {
            return;
        }
        if (fields.all("transfer-encoding").isEmpty()
                && fields.all("content-length").isEmpty()) {
            skip(bytes.length() - at + 1L);
        }
        body(fields, true);
    }

    private String statusLine() {
        int from = at;
        while (at < bytes.length() && (at < from + 12 || bytes.charAt(at) != '\r')) {
            check(mayStandInStatusLine(bytes.charAt(at), at - from), "status line");
            at++;
        }
        expect("\r\n");
        return bytes.substring(from, at);
    }

    private static boolean mayStandInStatusLine(char c, int index) {
        return switch (index) {
            case 0, 1, 2, 3, 4, 5, 6 -> c == "HTTP/1.".charAt(index);
            case 7 -> c == '0' || c == '1';
            case 8, 12 -> c == ' ';
            case 9 -> c >= '1' && c <= '5';
            case 10, 11 -> c >= '0' && c <= '9';
            default -> c == '\t' || (c >= ' ' && c != 0x7f);
        };
    }

    private Request request() {
        while (bytes.startsWith("\r\n", at)) {
            at += 2;
        }
        if (at == bytes.length()) {
            throw new NotYet(false);
        }
        String method = upTo(' ', StrictHttp::isToken, "method");
        String target = upTo(' ', c -> c > ' ' && c < 0x7f, "target");
        String version = upTo('\r', c -> c > ' ' && c < 0x7f, "version");
        expect("\n");
        check(version.matches("HTTP/1\\.[01]"), "version " + version);
        Fields fields = fields(false);
        check(!method.equals("CONNECT"), "CONNECT");
        check(isTarget(target, method), "form of target");
        boolean is11 = version.endsWith("1");
        checkHost(fields, is11);
        check(fields.all("expect").stream().allMatch("100-continue"::equalsIgnoreCase), "expectation");
        body(fields, is11);
        boolean closes = !is11 || fields.list("connection").contains("close");
        return new Request(method, target, closes);
    }

    private static boolean isTarget(String target, String method) {
        if (target.startsWith("/") || target.contains("#")) {
            return !target.contains("#");
        }
        if (target.equals("*")) {
            return method.equals("OPTIONS");
        }
        String lower = target.toLowerCase(Locale.ROOT);
        int scheme = lower.startsWith("http://") ? 7 : lower.startsWith("https://") ? 8 : 0;
        return scheme > 0 && isHost(target.substring(scheme).split("[/?]", 2)[0]);
    }

    private static void checkHost(Fields fields, boolean is11) {
        List<String> hosts = fields.all("host");
        check(hosts.size() == 1 || (hosts.isEmpty() && !is11), hosts.size() + " Host fields");
        check(hosts.isEmpty() || isHost(hosts.get(0)), "Host " + hosts);
    }

    /** RFC 3986: IP-literal or reg-name, an optional port; a list or an empty name is no use to a proxy. */
    private static boolean isHost(String text) {
        return text.matches("(\\[[0-9A-Fa-f:.]+]|([\\w.~!$&'()*+;=-]|%[0-9A-Fa-f]{2})+)(:[0-9]*)?");
    }

    private void body(Fields fields, boolean is11) {
        checkFraming(fields, is11);
        if (!fields.all("transfer-encoding").isEmpty()) {
            chunks();
        } else if (!fields.all("content-length").isEmpty()) {
            skip(Long.parseLong(fields.all("content-length").get(0)));
        }
    }

    private static void checkFraming(Fields fields, boolean is11) {
        List<String> lengths = fields.all("content-length");
        List<String> codings = fields.all("transfer-encoding");
        if (!codings.isEmpty()) {
            check(lengths.isEmpty(), "both framings");
            check(is11, "Transfer-Encoding in HTTP/1.0");
            check(codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked"), "coding " + codings);
        } else if (!lengths.isEmpty()) {
            check(lengths.size() == 1 && lengths.get(0).matches("[0-9]{1,18}"), "length " + lengths);
        }
    }

    private void chunks() {
        long size;
        do {
            String line = upTo('\r', c -> c == '\t' || (c >= ' ' && c != 0x7f), "chunk line");
            expect("\n");
            check(
                    line.matches("[0-9A-Fa-f]{1,15}"
                            + "([ \t]*;[ \t]*[\\w!#$%&'*+.^`|~-]+([ \t]*=[ \t]*"
                            + "([\\w!#$%&'*+.^`|~-]+|\"([^\"\\\\]|\\\\.)*\"))?)*"),
                    "chunk line " + line);
            size = Long.parseLong(line.split("[ \t;]", 2)[0], 16);
            if (size > 0) {
                skip(size);
                expect("\r\n");
            }
        } while (size > 0);
        fields(true);
    }

    private Fields fields(boolean areTrailers) {
        Fields fields = new Fields();
        while (!bytes.startsWith("\r\n", at)) {
            if (at + 1 == bytes.length() && bytes.charAt(at) == '\r') {
                throw new NotYet(true);
            }
            String name = upTo(':', StrictHttp::isToken, "field name");
            String value = upTo('\r', c -> c == '\t' || (c >= ' ' && c != 0x7f), "field value");
            expect("\n");
            String lower = name.toLowerCase(Locale.ROOT);
            check(
                    !areTrailers || !(lower.equals("content-length") || lower.equals("transfer-encoding")),
                    "framing in trailers");
            fields.add(lower, strip(value));
        }
        at += 2;
        return fields;
    }

    private String upTo(char end, IntPredicate allowed, String what) {
        int from = at;
        int i = at;
        while (i < bytes.length() && bytes.charAt(i) != end) {
            check(allowed.test(bytes.charAt(i)), what);
            i++;
        }
        if (i == bytes.length()) {
            throw new NotYet(true);
        }
        check(i > from || what.equals("field value"), "empty " + what);
        at = i + 1;
        return bytes.substring(from, i);
    }

    private void expect(String text) {
        int has = Math.min(text.length(), bytes.length() - at);
        check(bytes.startsWith(text.substring(0, has), at), "line end");
        if (has < text.length()) {
            throw new NotYet(true);
        }
        at += text.length();
    }

    private void skip(long count) {
        int there = (int) Math.min(count, bytes.length() - at);
        content.append(bytes, at, at + there);
        at += there;
        if (there < count) {
            throw new NotYet(true);
        }
    }

    private static String strip(String value) {
        return value.replaceAll("^[ \t]+|[ \t]+$", "");
    }

    private static boolean isToken(int c) {
        return (c >= '0' && c <= '9')
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c < 0x7f && TOKEN.indexOf(c) >= 0);
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new Wrong(what);
        }
    }

    private static final class Fields {

        private final List<String[]> lines = new ArrayList<>();

        void add(String name, String value) {
            lines.add(new String[] {name, value});
        }

        List<String> all(String name) {
            return lines.stream()
                    .filter(line -> line[0].equals(name))
                    .map(line -> line[1])
                    .toList();
        }

        List<String> list(String name) {
            return all(name).stream()
                    .flatMap(value -> List.of(value.split(",")).stream())
                    .map(option -> strip(option).toLowerCase(Locale.ROOT))
                    .toList();
        }
    }

    private static final class NotYet extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final boolean isBegun;

        NotYet(boolean isBegun) {
            this.isBegun = isBegun;
        }
    }

    private static final class Wrong extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Wrong(String why) {
            super(why);
        }
    }
}
