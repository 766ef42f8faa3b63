package io.tardy.runtime;

import io.netty.util.Version;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether Tardy runs on the Netty that is there. A framework's BOM often pins an old one. This is
 * checked first, because otherwise a {@code NoSuchMethodError} would show up somewhere else.
 */
public final class NettyVersion {

    /** The first with all that our transports use; {@code .ci/netty-versions} tries it. */
    static final String LOWEST = "4.2.14.Final";

    private static final System.Logger LOGGER = System.getLogger("io.tardy");

    private static final String VERSIONS = "META-INF/io.netty.versions.properties";
    private static final String OF_ARTIFACT = ".version";

    private static final Pattern NUMBERS = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+).*");

    /** Of 4.2, and so a sign of it where no jar tells its version. */
    private static final String OF_4_2 = "io.netty.channel.IoHandlerFactory";

    private NettyVersion() {}

    /**
     * Refuses a Netty that is too old.
     *
     * @throws IllegalStateException with the sentence that says which one was found
     */
    public static void require() {
        refusal()
                .ifPresent(
                        sentence -> {
                            throw new IllegalStateException(sentence);
                        });
    }

    /** Why this Netty cannot be used, and the way out; empty if it can. */
    public static Optional<String> refusal() {
        return refusal(artifacts(), isOf42());
    }

    /** The version, or what is known of it, for people. */
    public static String found() {
        Map<String, String> artifacts = artifacts();
        if (artifacts.isEmpty()) {
            return isOf42() ? "4.2, its jars do not say which" : "older than 4.2";
        }
        List<String> versions = artifacts.values().stream().distinct().toList();
        return versions.size() == 1 ? versions.getFirst() : artifacts.toString();
    }

    /**
     * @param artifacts the versions of Netty's artifacts; of those that do not tell it, none
     * @param isOf42 whether a class of 4.2 is there
     */
    static Optional<String> refusal(Map<String, String> artifacts, boolean isOf42) {
        List<String> old = new ArrayList<>();
        artifacts.forEach(
                (artifact, version) -> {
                    if (isOurs(artifact) && isOlder(version, LOWEST)) {
                        old.add(artifact + " " + version);
                    }
                });
        if (old.isEmpty() && isOf42) {
            return Optional.empty();
        }
        return Optional.of(
                "Tardy needs Netty "
                        + LOWEST
                        + " or newer and found "
                        + (old.isEmpty() ? "one older than 4.2" : named(old))
                        + ": a BOM or a framework has chosen it, so import io.netty:netty-bom"
                        + " before that, in a version from "
                        + LOWEST
                        + " on");
    }

    private static String named(List<String> old) {
        return old.getFirst() + (old.size() == 1 ? "" : " and " + (old.size() - 1) + " more");
    }

    /** The artifacts that Tardy builds on. A codec may have another version. */
    private static boolean isOurs(String artifact) {
        return artifact.equals("netty-common")
                || artifact.equals("netty-buffer")
                || artifact.equals("netty-resolver")
                || artifact.startsWith("netty-transport");
    }

    private static boolean isOlder(String version, String than) {
        Matcher a = NUMBERS.matcher(version);
        Matcher b = NUMBERS.matcher(than);
        if (!a.matches() || !b.matches()) {
            return false; // unknown
        }
        for (int group = 1; group <= 3; group++) {
            int difference =
                    Integer.compare(
                            Integer.parseInt(a.group(group)), Integer.parseInt(b.group(group)));
            if (difference != 0) {
                return difference < 0;
            }
        }
        return false;
    }

    /**
     * Each jar of Netty's says it in a file, which an uber jar may have lost. Netty's own {@code
     * Version.identify} would parse its dates too, which takes longer than all the rest.
     */
    private static Map<String, String> artifacts() {
        Map<String, String> artifacts = new TreeMap<>();
        try {
            for (URL file :
                    Collections.list(Version.class.getClassLoader().getResources(VERSIONS))) {
                Properties properties = new Properties();
                try (InputStream in = file.openStream()) {
                    properties.load(in);
                }
                for (String name : properties.stringPropertyNames()) {
                    if (name.endsWith(OF_ARTIFACT)) {
                        artifacts.put(
                                name.substring(0, name.length() - OF_ARTIFACT.length()),
                                properties.getProperty(name));
                    }
                }
            }
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "the version of Netty cannot be read", e);
        }
        return artifacts;
    }

    private static boolean isOf42() {
        try {
            Class.forName(OF_4_2, false, NettyVersion.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
