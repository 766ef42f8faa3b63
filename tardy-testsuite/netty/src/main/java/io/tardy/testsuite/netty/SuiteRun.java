package io.tardy.testsuite.netty;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** One run of the suite, read from Surefire's reports with the output in them. */
final class SuiteRun {

    enum Outcome {
        PASSED,
        FAILED,
        SKIPPED
    }

    /** Netty's tests are nested in our suites; our own are not. */
    private static final String NESTED = "$";

    private final SortedSet<String> classes = new TreeSet<>();
    private final SortedSet<String> classesInDoubt = new TreeSet<>();
    private final SortedMap<String, Map<Outcome, Integer>> tests = new TreeMap<>();
    private final SortedMap<String, Integer> skipReasons = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private double seconds;
    private long leaks;

    private SuiteRun() {}

    /** The run of this directory; an empty one if there is none. */
    static SuiteRun read(Path directory) throws IOException {
        SuiteRun run = new SuiteRun();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> reports =
                    Files.newDirectoryStream(directory, "TEST-*.xml")) {
                for (Path report : reports) {
                    run.readReport(report);
                }
            }
        }
        return run;
    }

    private void readReport(Path file) throws IOException {
        long leaksBefore = leaks;
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            leaks += lines.filter(line -> line.contains("LEAK:")).count();
        }
        Element suite = parse(file);
        if (leaks > leaksBefore) {
            classesInDoubt.add(suite.getAttribute("name").replaceFirst(".*\\.", ""));
        }
        seconds += Double.parseDouble(suite.getAttribute("time").replace(",", ""));
        NodeList cases = suite.getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++) {
            add((Element) cases.item(i));
        }
    }

    private static Element parse(Path file) throws IOException {
        try {
            return DocumentBuilderFactory.newDefaultNSInstance()
                    .newDocumentBuilder()
                    .parse(file.toFile())
                    .getDocumentElement();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("not a report: " + file, e);
        }
    }

    private void add(Element test) {
        String className = test.getAttribute("classname").replaceFirst(".*\\.", "");
        String name = nameOf(className, test);
        if (className.contains(NESTED)) {
            classes.add(className);
        }
        Outcome outcome = outcomeOf(test);
        if (outcome != Outcome.PASSED && className.contains(NESTED)) {
            classesInDoubt.add(className);
        }
        tests.computeIfAbsent(name, key -> new EnumMap<>(Outcome.class))
                .merge(outcome, 1, Integer::sum);
        switch (outcome) {
            case SKIPPED -> addSkip(method(name), test);
            case FAILED -> failures.add(name + ": " + failure(test));
            case PASSED -> {}
        }
    }

    private void addSkip(String method, Element test) {
        skipReasons.merge(reason(method, test) + " (" + method + ")", 1, Integer::sum);
    }

    /** Parameters print as objects do; their hashes differ from one JVM to the next. */
    private static String nameOf(String className, Element test) {
        return className + "." + test.getAttribute("name").replaceAll("@[0-9a-f]+", "");
    }

    private static String method(String name) {
        return name.replaceFirst("[({\\[].*", "").strip();
    }

    private static Outcome outcomeOf(Element test) {
        if (test.getElementsByTagName("skipped").getLength() > 0) {
            return Outcome.SKIPPED;
        }
        boolean failed =
                test.getElementsByTagName("failure").getLength()
                                + test.getElementsByTagName("error").getLength()
                        > 0;
        return failed ? Outcome.FAILED : Outcome.PASSED;
    }

    private static String reason(String method, Element test) {
        Element skipped = (Element) test.getElementsByTagName("skipped").item(0);
        return SkipReason.of(method.substring(method.lastIndexOf('.') + 1), skipped);
    }

    private static String failure(Element test) {
        NodeList failed = test.getElementsByTagName("failure");
        Element element =
                (Element)
                        (failed.getLength() > 0 ? failed : test.getElementsByTagName("error"))
                                .item(0);
        return element.getAttribute("type") + ": " + firstLine(element.getAttribute("message"));
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("no reason given");
    }

    /** Netty's. */
    SortedSet<String> classes() {
        return classes;
    }

    /** Those in which not everything passed, or a buffer leaked. */
    SortedSet<String> classesInDoubt() {
        return classesInDoubt;
    }

    int count(Outcome outcome) {
        return tests.values().stream().mapToInt(counts -> counts.getOrDefault(outcome, 0)).sum();
    }

    SortedMap<String, Integer> skipReasons() {
        return skipReasons;
    }

    List<String> failures() {
        return failures;
    }

    double seconds() {
        return seconds;
    }

    long leaks() {
        return leaks;
    }

    /**
     * The tests that the other run passed more often than this one: failed, skipped or not run
     * here.
     */
    List<String> behind(SuiteRun other, Set<String> classesLeftOut) {
        return other.tests.keySet().stream()
                .filter(name -> classesLeftOut.stream().noneMatch(c -> name.startsWith(c + ".")))
                .filter(name -> passed(name) < other.passed(name))
                .map(name -> name + " " + tests.getOrDefault(name, Map.of()))
                .toList();
    }

    private int passed(String name) {
        return tests.getOrDefault(name, Map.of()).getOrDefault(Outcome.PASSED, 0);
    }
}
