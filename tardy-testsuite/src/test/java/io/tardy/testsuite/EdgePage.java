package io.tardy.testsuite;

import io.tardy.aio.AsyncType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables of docs/edges.md: a heading, then a table whose first column names the rows. A cell
 * has what happens, and behind it, in brackets, a transport that does otherwise: {@code 8 (poll:
 * waits)}. What was seen is written to {@code target/edges}, in the same form.
 */
final class EdgePage {

    private static final Path PAGE = Path.of("..", "docs", "edges.md");
    private static final Path SEEN = Path.of("target", "edges");

    private static final Pattern OTHERWISE = Pattern.compile(" \\(([a-z_, ]+): ([^)]*)\\)");

    /** By title, row and column. */
    private final Map<List<String>, String> cells = new HashMap<>();

    private final Map<List<String>, String> seen = new HashMap<>();

    static EdgePage read() throws IOException {
        EdgePage page = new EdgePage();
        String title = "";
        List<String> columns = List.of();
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("## ")) {
                title = line.substring(3);
                columns = List.of();
            } else if (line.startsWith("| ") && !line.startsWith("| ---")) {
                List<String> fields =
                        Stream.of(line.substring(2).split(" \\|( |$)")).map(String::strip).toList();
                if (columns.isEmpty()) {
                    columns = fields;
                    continue;
                }
                for (int i = 1; i < fields.size(); i++) {
                    page.cells.put(List.of(title, fields.get(0), columns.get(i)), fields.get(i));
                }
            }
        }
        return page;
    }

    String expected(String title, String row, String column, AsyncType transport) {
        String cell = cells.getOrDefault(List.of(title, row, column), "(no such cell)");
        Matcher otherwise = OTHERWISE.matcher(cell);
        while (otherwise.find()) {
            if (List.of(otherwise.group(1).split(", ")).contains(transport.label())) {
                return otherwise.group(2);
            }
        }
        return cell.replaceAll(OTHERWISE.pattern(), "");
    }

    void note(EdgeTable<?> table, String row, String column, String outcome) {
        seen.put(List.of(table.title(), row, column), outcome);
    }

    void write(AsyncType transport, EdgeTable<?> table) throws IOException {
        StringBuilder text = new StringBuilder("## " + table.title() + "\n\n");
        text.append(line("call", table.columns().stream()));
        text.append("| ---").append(" | ---".repeat(table.columns().size())).append(" |\n");
        for (String row : table.rows()) {
            text.append(
                    line(
                            row,
                            table.columns().stream()
                                    .map(c -> seen.get(List.of(table.title(), row, c)))));
        }
        Files.createDirectories(SEEN);
        Files.writeString(
                SEEN.resolve(transport.label() + "-" + table.title() + ".md"), text.append('\n'));
    }

    private static String line(String first, Stream<String> rest) {
        return rest.collect(Collectors.joining(" | ", "| " + first + " | ", " |\n"));
    }
}
