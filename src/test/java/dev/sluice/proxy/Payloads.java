package dev.sluice.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Requests made by rule: valid ones, every known way to frame a body in two ways, and seeded damage to all of them. */
final class Payloads {

    private static final List<String> VALID = List.of(
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "\r\nGET /v1/models?x=%20 HTTP/1.1\r\nHost: [::1]:80\r\nX: \t a b\u00e9 \t\r\nY:\r\n\r\n",
            "HEAD http://a.b:1/x?y HTTP/1.1\r\nHost: z\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /old HTTP/1.0\r\nConnection: close\r\n\r\n",
            "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5;x=1 ; y=\"a\\\";b\"\r\nhello\r\n00A\r\n0123456789\r\n0;last\r\nT: 1\r\n\r\nGET /d HTTP/1.1\r\nHost: a\r\n\r\n",
            "PUT /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}");

    private static final List<String> ANSWERS = List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: \t a b\u00e9 \t\r\nY:\r\n\r\nhello",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 \r\n\r\n",
            "HTTP/1.0 500 Internal Server Error\r\nContent-Type: a/b\r\n\r\nuntil the end",
            "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nbytes",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\ndata: {\"choices\":[{\"de\"}]}\r\n0c\r\n\n\ndata: []\r\n\r\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
                    + "5;x=1 ; y=\"a\\\";b\"\r\nhello\r\n00A\r\n0123456789\r\n000;last\r\nT: 1\r\n\r\nHTTP/1.1");

    private static final List<String> CODING_NAMES = List.of(
            "Transfer-Encoding:",
            "transfer-encoding:",
            "Transfer-Encoding :",
            " Transfer-Encoding:",
            "\tTransfer-Encoding:",
            "Transfer_Encoding:",
            "Transfer-Encoding\u0000:",
            "Transfer-Encoding\u00a0:",
            "X: y\nTransfer-Encoding:",
            "X: y\rTransfer-Encoding:",
            "X: y\r\n\r\nTransfer-Encoding:",
            "Transfer-Encoding");

    private static final List<String> CODINGS = List.of(
            " chunked",
            "chunked",
            "\tchunked\t",
            " CHUNKED",
            " \u000bchunked",
            " \u000cchunked",
            " chunked\u0000",
            " chunked,",
            " ,chunked",
            " chunked;q=1",
            " \"chunked\"",
            " gzip, chunked",
            " chunked, chunked",
            " chunked, identity",
            " identity",
            " xchunked",
            " chun\r\n ked",
            "\r\n chunked",
            " chunked\r\nTransfer-Encoding: chunked",
            " chunked\r\nTransfer-Encoding: identity",
            "");

    private static final List<String> LENGTHS = List.of(
            "",
            "Content-Length: 4\r\n",
            "Content-Length: 4\r\nContent-Length: 4\r\n",
            "Content-Length: 4, 4\r\n",
            "Content-Length: +4\r\n",
            "Content-Length: 4 0\r\n",
            "Content-Length: 0x4\r\n",
            "Content-Length: 99999999999999999999\r\n",
            "Content-Length:\r\n");

    private static final String HOSTILE = "\r\n\u0000 \t:;,+-0x\u007f\u0080\u00ff\"\\/#@a=";

    private Payloads() {}

    static List<String> valid() {
        return VALID;
    }

    /** Each way to write a transfer coding, with each way to write a length beside it. */
    static List<String> framings() {
        List<String> all = new ArrayList<>();
        for (String length : LENGTHS) {
            all.add("POST /x HTTP/1.1\r\nHost: a\r\n" + length + "\r\nbody");
            for (String name : CODING_NAMES) {
                for (String coding : CODINGS) {
                    all.add("POST /x HTTP/1.1\r\nHost: a\r\n" + length + name + coding + "\r\n\r\n0\r\n\r\n");
                }
            }
        }
        return all;
    }

    static List<String> answers() {
        return ANSWERS;
    }

    /** The same of answers. */
    static List<String> answerFramings() {
        return framings().stream()
                .map(request -> "HTTP/1.1 200 OK" + request.substring(request.indexOf("\r\n")))
                .toList();
    }

    /** A valid answer, damaged as {@link #damaged} does it to requests. */
    static String damagedAnswer(Random chance) {
        return damaged(ANSWERS.get(chance.nextInt(ANSWERS.size())), chance);
    }

    /** A valid request with one to three octets changed, left out, doubled or put in. */
    static String damaged(Random chance) {
        return damaged(VALID.get(chance.nextInt(VALID.size())), chance);
    }

    private static String damaged(String valid, Random chance) {
        StringBuilder bytes = new StringBuilder(valid);
        for (int i = 1 + chance.nextInt(3); i > 0; i--) {
            int at = chance.nextInt(bytes.length());
            char octet = HOSTILE.charAt(chance.nextInt(HOSTILE.length()));
            switch (chance.nextInt(4)) {
                case 0 -> bytes.setCharAt(at, octet);
                case 1 -> bytes.deleteCharAt(at);
                case 2 -> bytes.insert(at, bytes.charAt(at));
                default -> bytes.insert(at, octet);
            }
        }
        return bytes.toString();
    }
}
