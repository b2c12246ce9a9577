#!/usr/bin/env node
import '../dist/lanewise.js';
