package io.tardy.sim.broken;

/**
 * Code that is broken on purpose, and the scenario that is to find it.
 *
 * @param name for the table
 * @param breaks what it breaks, in a few words
 * @param className with dots; of a nested class as the JVM names it
 * @param method of the class; all of that name are one place
 */
record Mutant(
        String name,
        String breaks,
        String className,
        String method,
        Change change,
        Scenario scenario) {

    /** Where it is, for the table; what a lambda does is in the method that has it. */
    String place() {
        String name = className.substring(className.lastIndexOf('.') + 1).replace('$', '.');
        return name + '.' + method.replace("lambda$", "");
    }

    @Override
    public String toString() {
        return name + " (" + place() + ")";
    }
}
