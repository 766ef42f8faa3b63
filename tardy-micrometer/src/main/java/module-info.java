/** The counters of Tardy's runtimes as meters of Micrometer. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"}) // it has no descriptor
module io.tardy.micrometer {
    requires transitive io.tardy;
    requires transitive micrometer.core;
    requires static transitive org.jspecify; // which may be null: for compilers and editors only

    exports io.tardy.micrometer;
}
