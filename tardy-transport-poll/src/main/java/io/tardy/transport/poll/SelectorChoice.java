package io.tardy.transport.poll;

import java.nio.channels.spi.SelectorProvider;

/**
 * Which of the JDK's selectors runs.
 *
 * @param provider where selectors, and the channels for them, come from
 * @param description for the user: which one it is, and how to get poll(2) if it is another
 */
record SelectorChoice(SelectorProvider provider, String description) {

    /** Public, but in a package that the JDK does not export. Not on Windows. */
    private static final String POLL_PROVIDER = "sun.nio.ch.PollSelectorProvider";

    static final SelectorChoice BEST = best();

    static SelectorChoice of(SelectorProvider provider) {
        return new SelectorChoice(provider, describe(provider));
    }

    private static SelectorChoice best() {
        SelectorProvider fallback = SelectorProvider.provider();
        if (fallback.getClass().getName().equals(POLL_PROVIDER)) {
            return of(fallback);
        }
        try {
            return of(
                    (SelectorProvider) Class.forName(POLL_PROVIDER).getConstructor().newInstance());
        } catch (ClassNotFoundException e) {
            return of(fallback);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            Module module = SelectorChoice.class.getModule();
            return new SelectorChoice(
                    fallback,
                    describe(fallback)
                            + ", for poll(2) needs --add-opens java.base/sun.nio.ch="
                            + (module.isNamed() ? module.getName() : "ALL-UNNAMED"));
        }
    }

    private static String describe(SelectorProvider provider) {
        String name = provider.getClass().getName();
        return name.equals(POLL_PROVIDER)
                ? "poll by poll(2)"
                : "poll by the JDK's " + provider.getClass().getSimpleName();
    }
}
