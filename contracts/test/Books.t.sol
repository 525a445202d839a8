// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../src/IEscrow.sol";
import {Handler} from "./Handler.sol";
import {Test} from "./Test.sol";

/// What holds whatever anybody does: the money adds up, to the wei, at every moment and at the end.
contract BooksTest is Test {
    IEscrow private escrow;
    Handler private handler;

    function setUp() public {
        vm.warp(1_800_000_000);
        escrow = deployEscrow();
        handler = new Handler(escrow);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](8);
        (selectors[0], selectors[1], selectors[2]) =
        (Handler.open.selector, Handler.post.selector, Handler.post.selector);
        (selectors[3], selectors[4], selectors[5]) =
        (Handler.claim.selector, Handler.claim.selector, Handler.beginClose.selector);
        (selectors[6], selectors[7]) = (Handler.close.selector, Handler.warp.selector);
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_the_books_are_right() external view {
        uint256[2] memory owed; // in coins, in tokens
        for (uint256 i = 0; i < handler.jobCount(); ++i) {
            bytes32 jobId = handler.jobIds(i);
            IEscrow.Job memory job = escrow.job(jobId);
            uint256 posted = checkEpochs(jobId, job.epochs);
            assertEq(job.committed, posted, "committed is the sum of the posted totals");
            assertTrue(posted + job.terms.postReserve <= job.budget, "and within the budget");
            assertEq(job.repaid, handler.bounties(jobId), "posters got what is noted");
            assertTrue(job.repaid <= job.terms.postReserve, "out of the reserve");
            uint256 held = posted - handler.paid(jobId);
            if (job.state != IEscrow.State.Closed) held += job.budget - posted - job.repaid + job.bond;
            owed[job.token == address(0) ? 0 : 1] += held;
        }
        assertEq(address(escrow).balance, owed[0], "every coin is owed, and every owed coin is here");
        assertEq(handler.TOKEN().balanceOf(address(escrow)), owed[1], "every token likewise");
    }

    function checkEpochs(bytes32 jobId, uint32 epochs) private view returns (uint256 posted) {
        uint256 paid = 0;
        for (uint32 number = 0; number < epochs; ++number) {
            IEscrow.Epoch memory epoch = escrow.epoch(jobId, number);
            IEscrow.Leaf[] memory leaves = handler.leavesOf(jobId, number);
            uint256 claimed = 0;
            for (uint256 i = 0; i < leaves.length; ++i) {
                if (escrow.isClaimed(jobId, number, leaves[i].index)) claimed += leaves[i].amount;
            }
            assertEq(epoch.claimed, claimed, "claimed is the sum of the marked leaves");
            assertTrue(claimed <= epoch.total, "and within the total");
            posted += epoch.total;
            paid += claimed;
        }
        assertEq(handler.paid(jobId), paid, "payees got what is noted");
    }

    /// Lets the time pass, claims every leaf and closes every job: then each deposit has gone out, and nothing is left.
    function afterInvariant() external {
        vm.warp(block.timestamp + 30 days);
        for (uint256 i = 0; i < handler.jobCount(); ++i) {
            handler.beginClose(i, true);
        }
        vm.warp(block.timestamp + 3 days);
        for (uint256 i = 0; i < handler.jobCount(); ++i) {
            bytes32 jobId = handler.jobIds(i);
            handler.close(i);
            IEscrow.Job memory job = escrow.job(jobId);
            for (uint32 number = 0; number < job.epochs; ++number) {
                claimTwice(jobId, number);
            }
            assertTrue(job.state == IEscrow.State.Closed, "closed");
            uint256 out = handler.paid(jobId) + handler.bounties(jobId) + handler.returned(jobId);
            assertEq(out, uint256(job.budget) + job.bond, "refund, claims and bounties are the deposit");
            assertEq(handler.paid(jobId), job.committed, "payees got all that was posted");
            uint256 refund = job.budget - job.committed - job.repaid;
            assertEq(handler.returned(jobId) - refund, job.bond, "the bond came back");
        }
        assertEq(address(escrow).balance + handler.TOKEN().balanceOf(address(escrow)), 0, "nothing is left");
    }

    /// The random runs mean something: a long one opens, posts, replaces, claims, is refused and closes many times.
    function test_a_long_run_reaches_everything() public {
        for (uint256 i = 0; i < 400; ++i) {
            uint256 dice = uint256(keccak256(abi.encode("long run", i)));
            uint64[7] memory amounts;
            for (uint256 j = 0; j < 7; ++j) {
                amounts[j] = uint64(dice >> (32 * j));
            }
            uint256 act = dice % 16;
            if (act < 2) handler.open(amounts[0], amounts[1], amounts[2], uint8(i));
            else if (act < 8) handler.post(dice >> 8, amounts, uint8(dice >> 16), uint8(dice >> 24));
            else if (act < 12) handler.claim(dice >> 8, dice >> 16, dice >> 24);
            else if (act < 15) handler.warp(uint32(dice >> 8));
            else if (i > 200) handler.beginClose(dice >> 8, dice & 256 == 0);
            if (i > 200) handler.close(dice >> 32);
            if (i % 10 == 0) this.invariant_the_books_are_right();
        }
        string[8] memory things =
            ["open", "post", "replace", "refused post", "claim", "refused claim", "beginClose", "close"];
        for (uint256 i = 0; i < things.length; ++i) {
            assertTrue(handler.count(things[i]) > 3, things[i]);
        }
        this.afterInvariant();
    }

    function claimTwice(bytes32 jobId, uint32 number) private {
        for (uint256 i = 0; i < handler.leavesOf(jobId, number).length; ++i) {
            handler.claimLeaf(jobId, number, i);
            handler.claimLeaf(jobId, number, i);
        }
    }
}
