#!/usr/bin/env node
'use strict';

// What `rolescope` starts. A module of CommonJS, for which Node is ready sooner than for an ECMAScript module.
require('./load-compiled.cjs').start();
