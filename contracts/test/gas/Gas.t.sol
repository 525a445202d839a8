// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GasTest} from "./GasTest.sol";
import {PlainToken} from "../books/HandlerTokens.sol";

/// What publishers and payees spend on the ordinary way of a job.
contract GasTests is GasTest {
    /// forge-config: default.isolate = true
    function test_open_in_coins_and_in_a_token() external {
        newJob("coins");
        record("open.coin");
        Opening memory opened = opening();
        PlainToken token = new PlainToken();
        (opened.salt, opened.token) = ("token", address(token));
        token.mint(publisher, 100 ether);
        vm.prank(publisher);
        token.approve(address(escrow), type(uint256).max);
        vm.prank(publisher);
        escrow.open(opened, "contact");
        record("open.token");
    }

    /// forge-config: default.isolate = true
    function test_posts_are_flat_in_the_number_of_leaves() external {
        uint256 least = type(uint256).max;
        uint256 most = 0;
        string[3] memory sizes = ["1e3", "1.6e4", "1e5"];
        uint256[3] memory depths = [uint256(10), 14, 17];
        for (uint256 i = 0; i < 3; ++i) {
            bytes32 jobId = newJob(bytes32(i));
            High memory high = highTree(2, depths[i]);
            postHigh(jobId, 0, high);
            record(string.concat("post.first.", sizes[i]));
            vm.warp(block.timestamp + 1 minutes);
            postHigh(jobId, 1, high);
            record(string.concat("post.later.", sizes[i]));
            (least, most) = (used() < least ? used() : least, used() > most ? used() : most);
        }
        // A few bytes of the total more or less.
        assertTrue(most - least < 100, "flat in the number of leaves");
    }

    /// forge-config: default.isolate = true
    function test_a_later_post_that_is_final_at_once_or_not_the_last() external {
        Opening memory opened = opening();
        (opened.salt, opened.budget, opened.bond) = ("covered", JOB_BUDGET, JOB_BUDGET);
        bytes32 jobId = openJob(opened);
        High memory high = highTree(2, 14);
        postHigh(jobId, 0, high);
        vm.warp(block.timestamp + 1 minutes);
        postHigh(jobId, 1, high);
        record("post.later.atOnce");
        vm.warp(block.timestamp + 1 minutes);
        Statement memory statement = statementOf(jobId, high.total);
        (statement.epoch, statement.root, statement.depth) = (2, high.root, high.depth);
        bytes memory signature = sign(statement);
        vm.prank(settler);
        escrow.post(opened, statement, signature);
        record("post.later.open");
    }

    /// forge-config: default.isolate = true
    function test_claims_by_depth() external {
        string[3] memory names = ["10", "14", "17"];
        uint256[3] memory depths = [uint256(10), 14, 17];
        vm.deal(payee(0), 1);
        vm.deal(payee(1), 1);
        for (uint256 i = 0; i < 3; ++i) {
            bytes32 jobId = newJob(bytes32(i));
            High memory high = highTree(2, depths[i]);
            postHigh(jobId, 0, high);
            vm.warp(block.timestamp + 1 hours);
            ProvenLeaf memory leaf = leafIn(jobId, 0, high, 0);
            escrow.claim(leaf);
            record(string.concat("claim.first.", names[i]));
            leaf = leafIn(jobId, 0, high, 1);
            escrow.claim(leaf);
            record(string.concat("claim.warm.", names[i]));
        }
    }

    /// The publisher's side of a whole job: the settler posts before half the bond is unposted, each time an epoch that
    /// ends, or the same epoch again for as long as it is pending.
    /// forge-config: default.isolate = true
    function test_the_publisher_side_of_a_job() external {
        record("job.bond10", _publish("10", 10, true));
        record("job.bond25", _publish("25", 25, true));
        record("job.bond10.oneEpoch", _publish("10 one", 10, false));
        record("job.bond25.oneEpoch", _publish("25 one", 25, false));
    }

    function _publish(bytes32 salt, uint256 bondPercent, bool isEnding) private returns (uint256 sum) {
        Opening memory opened = opening();
        (opened.salt, opened.budget) = (salt, JOB_BUDGET);
        opened.bond = JOB_BUDGET * bondPercent / 100;
        (opened.terms.postDelay, opened.terms.closeDelay) = (1 days, 1 days);
        bytes32 jobId = openJob(opened);
        sum = used();
        Statement memory statement = statementOf(jobId, 0);
        (statement.depth, statement.root, statement.units) = (14, keccak256("any root"), 1_000_000);
        uint256 posted = 0;
        while (posted < JOB_BUDGET) {
            uint256 next = posted + opened.bond / 2 < JOB_BUDGET ? posted + opened.bond / 2 : JOB_BUDGET;
            statement.total = isEnding ? next - posted : next;
            posted = next;
            statement.last = isEnding || posted == JOB_BUDGET;
            bytes memory signature = sign(statement);
            vm.prank(settler);
            escrow.post(opened, statement, signature);
            sum += used();
            if (isEnding) ++statement.epoch;
            else ++statement.seq;
            vm.warp(block.timestamp + 1 hours);
        }
        vm.prank(publisher);
        escrow.beginClose(opened);
        sum += used();
        vm.warp(block.timestamp + 3 days);
        vm.prank(publisher);
        escrow.close(opened);
        sum += used();
    }
}
