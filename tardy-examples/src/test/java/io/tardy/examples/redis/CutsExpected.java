package io.tardy.examples.redis;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The log says of each file that it has cut it: not during this test. */
final class CutsExpected implements BeforeAllCallback, AfterAllCallback {

    private static final Logger LOG = Logger.getLogger(AppendLog.class.getName());

    @Override
    public void beforeAll(ExtensionContext context) {
        LOG.setLevel(Level.OFF);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        LOG.setLevel(null);
    }
}
